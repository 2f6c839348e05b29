/**
 * CPU time of each single invocation, one at a time: the free plan allows 10 ms for a request, and
 * for an alarm. The scheduler's own count: of the thread on which the Worker runs, with whatever the
 * runtime does there (HTTP, SQLite), and of the whole process, with V8's helpers for memory and
 * compilation. Both are upper bounds of what is the Worker's own.
 */
import { type Kind, repositoryIdOf, type Subject } from "../load/delivery.ts";
import { LoadClient } from "../processes/load-client.ts";
import type { Receiver } from "../processes/receiver.ts";
import { prepareRelay, RUNG } from "../processes/relay.ts";
import { StandInClient } from "../processes/stand-in-client.ts";
import { cpuNs, threadNs } from "../processes/usage.ts";
import { quantile } from "../statistics.ts";
import type { Bench } from "../bench.ts";

export interface CpuRow {
  readonly name: string;
  readonly invocations: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** Of the very first one, in a process that has just begun. */
  readonly firstMs: number;
  /** From 0 to 1. */
  readonly withinLimit: number;
  /** The same of the whole process. */
  readonly processP50Ms: number;
  readonly processP99Ms: number;
  readonly processWithinLimit: number;
}

export const CPU_LIMIT_MS = 10;
const WARM_UP = 20;
/** An invocation has ended when its process has used no CPU for so long. */
const QUIET_MS = 40;

/** What a merge is made of: each delivery, and the alarm that it sets. */
const STEPS: readonly { readonly kind: Kind; readonly alarm: string | null }[] = [
  { kind: "star", alarm: null },
  { kind: "unmerged", alarm: null },
  { kind: "merged", alarm: "alarm: proof, dispatch" },
  { kind: "push", alarm: "alarm: report, and a push of what is dispatched" },
  { kind: "requested", alarm: "alarm: the run is queued" },
  { kind: "in_progress", alarm: "alarm: the run has begun" },
  { kind: "completed", alarm: "alarm: the run has ended" },
];

const NAMES: Readonly<Partial<Record<Kind, string>>> = {
  star: "request: ignored",
  unmerged: "request: closed unmerged",
  merged: "request: a merge, accepted",
  push: "request: a push, accepted",
  requested: "request: a run's event, accepted",
  in_progress: "request: a run's event, accepted",
  completed: "request: a run's event, accepted",
};

function mergesOf({ quick }: Bench): number {
  return quick ? 20 : 100;
}

interface Spent {
  readonly thread: number;
  readonly all: number;
}

/** Merges one after another in one repository, each invocation for itself. */
export async function measureCpu(bench: Bench): Promise<CpuRow[]> {
  const github = await StandInClient.start();
  const load = new LoadClient();
  const receiver = await prepareRelay(bench.secrets, {
    name: "relay",
    githubUrl: github.url,
    within: bench.fast,
    front: RUNG,
    ...(process.env["BENCH_BUNDLE"] ? { bundle: process.env["BENCH_BUNDLE"] } : {}),
  });
  const spent = new Map<string, Spent[]>();
  try {
    await receiver.start();
    const merges = mergesOf(bench) + WARM_UP;
    const room = { bench, github, load, receiver, spent };
    for (let number = 1; number <= merges; number++) {
      if (number % 20 === 0) bench.say(`${number} of ${merges} merges`);
      await playMerge(room, number);
    }
  } finally {
    await receiver.kill();
    await receiver.remove();
    await load.close();
    await github.close();
  }
  const cold = WARM_UP / (mergesOf(bench) + WARM_UP);
  return [...spent].map(([name, times]) => rowOf(name, times, cold));
}

interface Room {
  readonly bench: Bench;
  readonly github: StandInClient;
  readonly load: LoadClient;
  readonly receiver: Receiver;
  readonly spent: Map<string, Spent[]>;
}

async function playMerge(room: Room, pullRequest: number): Promise<void> {
  const { github } = room;
  github.forget();
  github.runs("queued");
  for (const { kind, alarm } of STEPS) {
    const [made] = (await github.report()).runs;
    // A machine that is too busy let a call time out: this merge tells nothing more.
    if (kind === "requested" && made === undefined) return;
    if (kind === "in_progress" || kind === "completed") github.runs(kind);
    const run = made === undefined ? {} : { run: { id: made.id, dispatchId: made.dispatchId } };
    await measured(room, NAMES[kind] ?? kind, () =>
      deliver(room, kind, { repository: 0, pullRequest, ...run }),
    );
    if (alarm === null) continue;
    const ring = new URL(`/ring/${repositoryIdOf(0)}`, room.receiver.url());
    await measured(room, alarm, () => fetch(ring));
  }
}

async function deliver(room: Room, kind: Kind, subject: Subject): Promise<void> {
  const { statuses } = await room.load.fire({
    url: room.receiver.url(),
    secret: room.bench.secrets.webhookSecret,
    kind,
    count: 1,
    connections: 1,
    repositories: 1,
    firstPullRequest: 1,
    subjects: [subject],
  });
  if (statuses[0] !== 202) throw new Error(`a ${kind} was answered with ${statuses[0]}`);
}

/** What the process spends from before to the end of all that follows. */
async function measured(room: Room, name: string, work: () => Promise<unknown>): Promise<void> {
  const pids = room.receiver.pids();
  const before = { thread: threadNs(pids), all: cpuNs(pids) };
  await work();
  await untilQuiet(pids);
  const times = room.spent.get(name) ?? [];
  room.spent.set(name, times);
  times.push({
    thread: (threadNs(pids) - before.thread) / 1e6,
    all: (cpuNs(pids) - before.all) / 1e6,
  });
}

async function untilQuiet(pids: readonly number[]): Promise<void> {
  for (let before = -1, now = threadNs(pids); now !== before;) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    now = threadNs(pids);
  }
}

/** `cold` is the share of the first merges, which are left out: several of a kind may belong to one. */
function rowOf(name: string, times: readonly Spent[], cold: number): CpuRow {
  const warm = times.slice(Math.round(times.length * cold));
  const thread = warm.map((time) => time.thread);
  const all = warm.map((time) => time.all);
  return {
    name,
    invocations: warm.length,
    p50Ms: quantile(thread, 0.5),
    p99Ms: quantile(thread, 0.99),
    mostMs: Math.max(...thread),
    firstMs: times[0]?.thread ?? Number.NaN,
    withinLimit: shareWithin(thread),
    processP50Ms: quantile(all, 0.5),
    processP99Ms: quantile(all, 0.99),
    processWithinLimit: shareWithin(all),
  };
}

function shareWithin(values: readonly number[]): number {
  return values.filter((ms) => ms <= CPU_LIMIT_MS).length / values.length;
}
