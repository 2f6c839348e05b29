/**
 * CPU time of each single request, one at a time: the free plan allows 10 ms. The process's own time
 * by the scheduler's count, so that whatever the runtime does beside the Worker is in it: an upper
 * bound of what Cloudflare would count.
 */
import type { Kind } from "../load/delivery.ts";
import { LoadClient } from "../processes/load-client.ts";
import type { Receiver } from "../processes/receiver.ts";
import { prepareRelay } from "../processes/relay.ts";
import { StandInClient } from "../processes/stand-in-client.ts";
import { cpuNs } from "../processes/usage.ts";
import { quantile } from "../statistics.ts";
import type { Bench } from "../bench.ts";

export interface CpuRow {
  readonly name: string;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** Of the very first one, in a process that has just begun. */
  readonly firstMs: number;
  /** From 0 to 1. */
  readonly withinLimit: number;
}

export const CPU_LIMIT_MS = 10;
const WARM_UP = 50;
/** For what a request leaves behind: the record of an answer, a report. */
const AFTERWARDS_MS = 150;

const CASES: readonly { readonly name: string; readonly kind: Kind; readonly alarm: boolean }[] = [
  { name: "ignored", kind: "star", alarm: false },
  { name: "closed unmerged", kind: "unmerged", alarm: false },
  { name: "accepted", kind: "merged", alarm: false },
  { name: "accepted, with its alarm: proof, dispatch, report", kind: "merged", alarm: true },
];

/** Each case in a process of its own. */
export async function measureCpu(bench: Bench): Promise<CpuRow[]> {
  const github = await StandInClient.start();
  const load = new LoadClient();
  const rows: CpuRow[] = [];
  try {
    for (const each of CASES) {
      bench.say(each.name);
      const receiver = await prepareRelay(bench.secrets, {
        name: "relay",
        githubUrl: github.url,
        within: bench.fast,
        stilled: !each.alarm,
      });
      try {
        await receiver.start();
        rows.push(await measureCase({ bench, github, load, receiver }, each));
      } finally {
        await receiver.kill();
        await receiver.remove();
      }
    }
  } finally {
    await load.close();
    await github.close();
  }
  return rows;
}

interface Room {
  readonly bench: Bench;
  readonly github: StandInClient;
  readonly load: LoadClient;
  readonly receiver: Receiver;
}

async function measureCase(room: Room, each: (typeof CASES)[number]): Promise<CpuRow> {
  const requests = (room.bench.quick ? 100 : 1_000) / (each.alarm ? 5 : 1);
  const times: number[] = [];
  for (let number = 1; number <= requests + WARM_UP; number++) {
    times.push(await measureRequest(room, each, number));
  }
  const warm = times.slice(WARM_UP);
  return {
    name: each.name,
    requests: warm.length,
    p50Ms: quantile(warm, 0.5),
    p99Ms: quantile(warm, 0.99),
    mostMs: Math.max(...warm),
    firstMs: times[0] ?? Number.NaN,
    withinLimit: warm.filter((ms) => ms <= CPU_LIMIT_MS).length / warm.length,
  };
}

async function measureRequest(
  { bench, github, load, receiver }: Room,
  { kind, alarm }: (typeof CASES)[number],
  number: number,
): Promise<number> {
  github.forget();
  const before = cpuNs(receiver.pids());
  await load.fire({
    url: receiver.url(),
    secret: bench.secrets.webhookSecret,
    kind,
    count: 1,
    connections: 1,
    repositories: 1,
    firstPullRequest: number,
  });
  if (alarm) await untilDispatched(github);
  return (cpuNs(receiver.pids()) - before) / 1e6;
}

async function untilDispatched(github: StandInClient): Promise<void> {
  for (let waits = 0; waits < 1_000; waits++) {
    const { requests } = await github.report();
    if (requests["dispatch"] !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await new Promise((resolve) => setTimeout(resolve, AFTERWARDS_MS));
}
