/**
 * The relay beside what people use instead: the same signed deliveries, one contender at a time on a
 * core of its own, all of them in each round.
 */
import type { Kind } from "../load/delivery.ts";
import { monotonicMs, type VolleyOrder } from "../load/volley.ts";
import { LoadClient } from "../processes/load-client.ts";
import type { Receiver } from "../processes/receiver.ts";
import { StandInClient } from "../processes/stand-in-client.ts";
import { cpuUs, residentMiB } from "../processes/usage.ts";
import { quantile, type Spread, spread } from "../statistics.ts";
import type { Bench } from "../bench.ts";
import { type Contender, findContenders, type LeftOut } from "./contenders.ts";
import { awaitDispatches, isAcknowledged, type Outcome } from "./outcome.ts";

export const SCENARIOS = [
  "ignored",
  "closed unmerged",
  "merged, GitHub at once",
  "merged, GitHub 150 ms",
  "merged, GitHub 15 s",
] as const;
export type Scenario = (typeof SCENARIOS)[number];

interface Taken {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of a merge: all that it takes up to its dispatch, and to the end of its run. */
  readonly cpuUs: number;
  readonly residentMiB: number;
  readonly outcome: Outcome | null;
}

export interface PeerScenario {
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly cpuUs: Spread;
  readonly residentMiB: Spread;
  readonly sent: number;
  readonly outcomes: readonly Outcome[];
}

export interface PeerRow {
  readonly name: string;
  readonly coldStartMs: Spread;
  readonly scenarios: Partial<Record<Scenario, PeerScenario>>;
}

export interface PeersResult {
  readonly rows: readonly PeerRow[];
  readonly leftOut: readonly LeftOut[];
}

const CONNECTIONS = 16;
const REPOSITORIES = 16;
/** A slow GitHub is asked in one round only: each takes half a minute. */
const DELAYS_MS: Readonly<Record<Scenario, number | null>> = {
  ignored: null,
  "closed unmerged": null,
  "merged, GitHub at once": 0,
  "merged, GitHub 150 ms": 150,
  "merged, GitHub 15 s": 15_000,
};

/** All contenders, all scenarios. */
export async function measurePeers(bench: Bench): Promise<PeersResult> {
  const github = await StandInClient.start();
  const load = new LoadClient();
  const { contenders, leftOut } = await findContenders(bench, github.url);
  const rounds = bench.quick ? 1 : 2;
  const starts = new Map<string, number[]>();
  const taken = new Map<string, Taken[]>();
  try {
    for (let round = 0; round < rounds; round++) {
      for (const contender of contenders) {
        bench.say(`round ${round + 1} of ${rounds}: ${contender.name}`);
        const room = { bench, github, load, contender, round };
        await turn(room, (scenario, one) =>
          append(taken, `${contender.name}/${scenario}`, one),
        ).then(
          (coldStartMs) => append(starts, contender.name, coldStartMs),
          (error: unknown) => bench.say(`${contender.name} failed: ${String(error)}`),
        );
      }
    }
  } finally {
    await load.close();
    await github.close();
  }
  const rows = contenders.map(({ name, merges }) => ({
    name,
    coldStartMs: spread(starts.get(name) ?? [Number.NaN]),
    scenarios: Object.fromEntries(
      SCENARIOS.flatMap((scenario) => {
        const all = taken.get(`${name}/${scenario}`);
        return all ? [[scenario, merge(all, DELAYS_MS[scenario] === null ? 0 : merges)]] : [];
      }),
    ),
  }));
  return { rows, leftOut };
}

function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  lists.set(key, [...(lists.get(key) ?? []), value]);
}

interface Room {
  readonly bench: Bench;
  readonly github: StandInClient;
  readonly load: LoadClient;
  readonly contender: Contender;
  readonly round: number;
}

/** One contender from its start to its end; returns how long the start took. */
async function turn(room: Room, note: (scenario: Scenario, one: Taken) => void): Promise<number> {
  const { bench, contender, github, round } = room;
  const receiver = await contender.prepare();
  try {
    github.delay(0);
    const coldStartMs = await startCold(room, receiver);
    await fire(room, receiver, { kind: "star", count: bench.quick ? 100 : 500 });
    for (const scenario of SCENARIOS) {
      const delayMs = DELAYS_MS[scenario];
      if (delayMs === 15_000 && round > 0) continue;
      // The floor keeps every delivery, needed or not.
      if (delayMs === null && contender.isFloor === true) continue;
      note(scenario, await play(room, receiver, scenario, delayMs));
    }
    return coldStartMs;
  } finally {
    await receiver.kill();
    await receiver.remove();
  }
}

/** From the start of the process to the first acknowledged delivery. */
async function startCold(room: Room, receiver: Receiver): Promise<number> {
  const startedAt = monotonicMs();
  await receiver.start();
  for (;;) {
    const { result } = await fire(room, receiver, { kind: "star", count: 1 });
    if (isAcknowledged(result.statuses[0] ?? 0)) return monotonicMs() - startedAt;
    if (monotonicMs() - startedAt > 30_000) throw new Error("no answer within 30 s of the start");
  }
}

let nextPullRequest = 1;

async function fire(room: Room, receiver: Receiver, what: { kind: Kind; count: number }) {
  const order: VolleyOrder = {
    url: receiver.url(),
    secret: room.bench.secrets.webhookSecret,
    connections: Math.min(CONNECTIONS, what.count),
    repositories: REPOSITORIES,
    firstPullRequest: nextPullRequest,
    ...what,
  };
  nextPullRequest += what.count;
  return { order, result: await room.load.fire(order) };
}

async function play(
  room: Room,
  receiver: Receiver,
  scenario: Scenario,
  delayMs: number | null,
): Promise<Taken> {
  const { bench, contender, github } = room;
  const isMerge = delayMs !== null;
  const many = bench.quick ? 300 : 2_000;
  const kind = isMerge ? "merged" : scenario === "ignored" ? "star" : "unmerged";
  github.forget();
  github.delay(delayMs ?? 0);
  const before = cpuUs(receiver.pids());
  const count = isMerge ? contender.merges : many;
  const { order, result } = await fire(room, receiver, { kind, count });
  if (delayMs === 15_000) github.delay(0);
  const limits = { quietMs: delayMs === 15_000 ? 25_000 : 6_000, mostMs: 30_000 };
  const isFollowed = isMerge && contender.isFloor !== true;
  const outcome = isFollowed ? await awaitDispatches(github, order, result, limits) : null;
  return {
    perSecond: (result.statuses.filter(isAcknowledged).length / result.elapsedMs) * 1000,
    p50Ms: quantile(result.latenciesMs, 0.5),
    p99Ms: quantile(result.latenciesMs, 0.99),
    cpuUs: (cpuUs(receiver.pids()) - before) / order.count,
    residentMiB: residentMiB(receiver.pids()),
    outcome,
  };
}

function merge(all: readonly Taken[], sent: number): PeerScenario {
  return {
    perSecond: spread(all.map(({ perSecond }) => perSecond)),
    p50Ms: spread(all.map(({ p50Ms }) => p50Ms)),
    p99Ms: spread(all.map(({ p99Ms }) => p99Ms)),
    cpuUs: spread(all.map(({ cpuUs: used }) => used)),
    residentMiB: spread(all.map(({ residentMiB: held }) => held)),
    sent,
    outcomes: all.flatMap(({ outcome }) => (outcome === null ? [] : [outcome])),
  };
}
