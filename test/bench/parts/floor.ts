/**
 * CPU per delivery beside the least Workers that could do the same step. All processes stand by for
 * the whole part; the cases take turns, so that each ratio is of two neighbours in time.
 */
import type { Kind } from "../load/delivery.ts";
import { prepareBareFloor, prepareDurableFloor, prepareVerifyFloor } from "../processes/floor.ts";
import { LoadClient } from "../processes/load-client.ts";
import { prepareRelay } from "../processes/relay.ts";
import type { Receiver } from "../processes/receiver.ts";
import type { BenchSecrets } from "../processes/secrets.ts";
import { cpuUs } from "../processes/usage.ts";
import { quantile, ratios, type Spread, spread } from "../statistics.ts";
import type { Bench } from "../bench.ts";

interface Case {
  readonly name: string;
  readonly receiver: Receiver;
  readonly kind: Kind;
  /** The case whose CPU time is 1. */
  readonly floor: string;
}

export interface FloorRow {
  readonly name: string;
  readonly floor: string;
  readonly cpuUs: Spread;
  readonly ratio: Spread;
  readonly p50Ms: Spread;
  readonly perSecond: Spread;
}

const REPOSITORIES = 16;
const CONNECTIONS = 8;

/** Measures every case `bench.scale` times over. */
export async function measureFloor(bench: Bench): Promise<FloorRow[]> {
  const load = new LoadClient();
  const cases = await prepareCases(bench.secrets, bench.fast);
  const receivers = [...new Set(cases.map(({ receiver }) => receiver))];
  try {
    for (const receiver of receivers) await receiver.start();
    return await takeTurns(bench, load, cases);
  } finally {
    for (const receiver of receivers) {
      await receiver.kill();
      await receiver.remove();
    }
    await load.close();
  }
}

async function prepareCases(secrets: BenchSecrets, within: string): Promise<Case[]> {
  const bare = await prepareBareFloor(within);
  const verify = await prepareVerifyFloor(secrets, within);
  const durable = await prepareDurableFloor(secrets, within);
  const nowhere = "http://127.0.0.1:9";
  const relay = await prepareRelay(secrets, {
    name: "relay",
    githubUrl: nowhere,
    within,
    stilled: true,
  });
  const before = process.env["BENCH_BEFORE"];
  const other = before
    ? await prepareRelay(secrets, {
        name: "before",
        githubUrl: nowhere,
        within,
        stilled: true,
        bundle: before,
      })
    : null;
  return [
    { name: "nothing read (bare)", receiver: bare, kind: "star", floor: "floor: verify" },
    { name: "floor: verify", receiver: verify, kind: "star", floor: "floor: verify" },
    ...relayCases(relay, "relay"),
    ...(other ? relayCases(other, "before") : []),
    { name: "floor: durable", receiver: durable, kind: "merged", floor: "floor: durable" },
  ];
}

function relayCases(receiver: Receiver, name: string): Case[] {
  return [
    { name: `${name}: ignored`, receiver, kind: "star", floor: "floor: verify" },
    { name: `${name}: closed unmerged`, receiver, kind: "unmerged", floor: "floor: verify" },
    { name: `${name}: accepted`, receiver, kind: "merged", floor: "floor: durable" },
  ];
}

async function takeTurns(bench: Bench, load: LoadClient, cases: Case[]): Promise<FloorRow[]> {
  const count = bench.quick ? 1_500 : 3_000;
  const turns = bench.quick ? 3 : 5;
  const taken = new Map<string, Taken>(
    cases.map(({ name }) => [name, { cpu: [], p50: [], rate: [] }]),
  );
  let firstPullRequest = 1;
  for (let turn = -1; turn < turns; turn++) {
    bench.say(turn < 0 ? "warming up" : `turn ${turn + 1} of ${turns}`);
    for (const { name, receiver, kind } of cases) {
      const order = { count, connections: CONNECTIONS, repositories: REPOSITORIES };
      const one = await measureOne(load, receiver, {
        url: receiver.url(),
        secret: bench.secrets.webhookSecret,
        kind,
        firstPullRequest,
        ...order,
      });
      firstPullRequest += count;
      if (turn >= 0) note(taken.get(name)!, one);
    }
  }
  return cases.map(({ name, floor }) => {
    const { cpu, p50, rate } = taken.get(name)!;
    const ratio = ratios(cpu, taken.get(floor)!.cpu);
    return { name, floor, cpuUs: spread(cpu), ratio, p50Ms: spread(p50), perSecond: spread(rate) };
  });
}

interface Taken {
  readonly cpu: number[];
  readonly p50: number[];
  readonly rate: number[];
}

function note(taken: Taken, one: { cpu: number; p50: number; rate: number }): void {
  taken.cpu.push(one.cpu);
  taken.p50.push(one.p50);
  taken.rate.push(one.rate);
}

async function measureOne(
  load: LoadClient,
  receiver: Receiver,
  order: Parameters<LoadClient["fire"]>[0],
): Promise<{ cpu: number; p50: number; rate: number }> {
  const before = cpuUs(receiver.pids());
  const { statuses, latenciesMs, elapsedMs } = await load.fire(order);
  const cpu = (cpuUs(receiver.pids()) - before) / order.count;
  const wrong = statuses.find((status) => status < 200 || status > 299);
  if (wrong !== undefined) throw new Error(`${receiver.name} answered ${wrong} to ${order.kind}`);
  return { cpu, p50: quantile(latenciesMs, 0.5), rate: (order.count / elapsedMs) * 1000 };
}
