/** A burst of merges, and a SIGKILL in the middle of one: what is late, lost or doubled. */
import { monotonicMs, type VolleyOrder, type VolleyResult } from "../load/volley.ts";
import { LoadClient } from "../processes/load-client.ts";
import type { Receiver } from "../processes/receiver.ts";
import { StandInClient } from "../processes/stand-in-client.ts";
import { residentMiB } from "../processes/usage.ts";
import { quantile } from "../statistics.ts";
import type { Bench } from "../bench.ts";
import { type Contender, findContenders, type LeftOut } from "./contenders.ts";
import { awaitDispatches, isAcknowledged, type Outcome } from "./outcome.ts";

export interface BurstRow {
  readonly name: string;
  readonly burst: BurstFigures | null;
  /** Dispatch times here count from the restart. */
  readonly kill: BurstFigures | null;
}

export interface BurstFigures {
  readonly sent: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentMiB: number;
  readonly outcome: Outcome;
}

export interface BurstResult {
  readonly rows: readonly BurstRow[];
  readonly leftOut: readonly LeftOut[];
}

const CONNECTIONS = 32;
const REPOSITORIES = 16;
/** Slow enough that work is under way when the process dies. */
const KILL_DELAY_MS = 100;
/** BullMQ comes back when a lock of 30 s is found to have stalled, looked for every 30 s. */
const RECOVERY_LIMIT_MS = 100_000;

/** Both, for everybody; a queue's kill only once, since its four kinds recover alike. */
export async function measureBurst(bench: Bench): Promise<BurstResult> {
  const github = await StandInClient.start();
  const load = new LoadClient();
  const found = await findContenders(bench, github.url);
  const contenders = found.contenders.filter(({ isFloor }) => isFloor !== true);
  const { leftOut } = found;
  const rows: BurstRow[] = [];
  try {
    for (const contender of contenders) {
      const room = { bench, github, load, contender };
      const { name } = contender;
      bench.say(`burst of ${contender.burst}: ${name}`);
      const burst = await attempt(bench, () => withReceiver(room, fireBurst));
      const again = !name.startsWith("bullmq") || name === "bullmq always, disk";
      if (again) bench.say(`kill -9 in the middle: ${name}`);
      const kill = again ? await attempt(bench, () => withReceiver(room, killInTheMiddle)) : null;
      rows.push({ name, burst, kill });
    }
  } finally {
    await load.close();
    await github.close();
  }
  return { rows, leftOut };
}

interface Room {
  readonly bench: Bench;
  readonly github: StandInClient;
  readonly load: LoadClient;
  readonly contender: Contender;
}

async function attempt<Value>(bench: Bench, work: () => Promise<Value>): Promise<Value | null> {
  try {
    return await work();
  } catch (error) {
    bench.say(`failed: ${String(error)}`);
    return null;
  }
}

async function withReceiver<Value>(
  room: Room,
  work: (room: Room, receiver: Receiver) => Promise<Value>,
): Promise<Value> {
  const receiver = await room.contender.prepare();
  try {
    room.github.forget();
    room.github.delay(0);
    await receiver.start();
    await room.load.fire({ ...orderFor(room, receiver, 20), kind: "star", connections: 4 });
    return await work(room, receiver);
  } finally {
    await receiver.kill();
    await receiver.remove();
  }
}

let nextPullRequest = 1;

function orderFor(room: Room, receiver: Receiver, count: number): VolleyOrder {
  const firstPullRequest = nextPullRequest;
  nextPullRequest += count;
  return {
    url: receiver.url(),
    secret: room.bench.secrets.webhookSecret,
    kind: "merged",
    count,
    connections: Math.min(CONNECTIONS, count),
    repositories: REPOSITORIES,
    firstPullRequest,
  };
}

async function fireBurst(room: Room, receiver: Receiver): Promise<BurstFigures> {
  const order = orderFor(room, receiver, room.contender.burst);
  const result = await room.load.fire(order);
  const limits = { quietMs: 8_000, mostMs: 90_000 };
  const outcome = await awaitDispatches(room.github, order, result, limits);
  return figures(receiver, result, outcome);
}

async function killInTheMiddle(room: Room, receiver: Receiver): Promise<BurstFigures> {
  const { contender, github, load } = room;
  github.delay(KILL_DELAY_MS);
  const order = orderFor(room, receiver, Math.min(300, contender.burst));
  let killed: Promise<void> | null = null;
  const result = await load.fire(order, (answered) => {
    if (answered >= order.count / 2) killed ??= receiver.kill();
  });
  await (killed ?? receiver.kill());
  await receiver.start();
  const since = monotonicMs();
  const limits = contender.remembers
    ? { quietMs: RECOVERY_LIMIT_MS, mostMs: RECOVERY_LIMIT_MS, since }
    : { quietMs: 5_000, mostMs: 10_000, since };
  const outcome = await awaitDispatches(github, order, result, limits);
  return figures(receiver, result, outcome);
}

function figures(receiver: Receiver, result: VolleyResult, outcome: Outcome): BurstFigures {
  const heard = result.latenciesMs.filter((_, index) =>
    isAcknowledged(result.statuses[index] ?? 0),
  );
  return {
    sent: result.statuses.length,
    perSecond: (heard.length / result.elapsedMs) * 1000,
    p50Ms: quantile(heard, 0.5),
    p99Ms: quantile(heard, 0.99),
    residentMiB: residentMiB(receiver.pids()),
    outcome,
  };
}
