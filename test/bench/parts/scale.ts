/**
 * Cost of a merge from few repositories to many, in what Cloudflare bills; a hot repository; and the
 * bill of a month. Clock: as fast as the machine goes. Ledgers: the built Worker's own, on real
 * Durable Object storage.
 */
import {
  prepareMeteredRelay,
  type MeteredRelay,
  type Meter,
  type Most,
} from "../metered/metered-relay.ts";
import { repositoryIdOf, type Subject } from "../load/delivery.ts";
import type { VolleyOrder } from "../load/volley.ts";
import { LoadClient } from "../processes/load-client.ts";
import { StandInClient } from "../processes/stand-in-client.ts";
import { residentMiB } from "../processes/usage.ts";
import { quantile } from "../statistics.ts";
import type { Bench } from "../bench.ts";
import { awaitDispatches, type Outcome } from "./outcome.ts";

/** Of one merge, with all that comes with it: its push, and the three events of its run. */
export type PerMerge = Omit<Meter, Most> & { readonly tokens: number };

export interface ScaleRow {
  readonly repositories: number;
  readonly merges: number;
  readonly first: PerMerge;
  /** With a ledger that has seen a merge before. */
  readonly warm: PerMerge;
  readonly mostGithubCallsPerAlarm: number;
  readonly residentMiB: number;
}

export interface HotRepository {
  readonly perSecond: number;
  readonly merges: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly outcome: Outcome;
  readonly mostGithubCallsPerAlarm: number;
  readonly mibBefore: number;
  readonly mibAfter: number;
}

export interface ScaleResult {
  readonly rows: readonly ScaleRow[];
  /** As in production: GitHub takes 150 ms for each answer. */
  readonly slow: { readonly githubMs: number; readonly merges: number; readonly warm: PerMerge };
  readonly hot: HotRepository;
}

const GITHUB_MS = 150;
const SEED = 20_261_124;
const CONNECTIONS = 16;
/** workerd drops an idle object after ten seconds. */
const EVICTION_MS = 15_000;
/** So many deliveries are signed ahead. */
const VOLLEY = 1_000;

/** All three. */
export async function measureScale(bench: Bench): Promise<ScaleResult> {
  const most = bench.repositories ?? (bench.quick ? 200 : 10_000);
  const sizes = [most / 100, most / 10, most].map((size) => Math.max(10, Math.round(size)));
  const sample = bench.quick ? 20 : 100;
  const github = await StandInClient.start();
  const load = new LoadClient();
  try {
    const rows: ScaleRow[] = [];
    for (const repositories of sizes) {
      rows.push(await withRelay(bench, github, load, (room) => grow(room, repositories, sample)));
    }
    const slow = await withRelay(bench, github, load, (room) => playSlowly(room, sample));
    const hot = await withRelay(bench, github, load, heat);
    return { rows, slow, hot };
  } finally {
    await load.close();
    await github.close();
  }
}

interface Room {
  readonly bench: Bench;
  readonly github: StandInClient;
  readonly load: LoadClient;
  readonly relay: MeteredRelay;
}

async function withRelay<Value>(
  bench: Bench,
  github: StandInClient,
  load: LoadClient,
  work: (room: Room) => Promise<Value>,
): Promise<Value> {
  const place = { githubUrl: github.url, within: bench.fast };
  const relay = await prepareMeteredRelay(bench.secrets, place);
  try {
    github.delay(0);
    await relay.receiver.start();
    return await work({ bench, github, load, relay });
  } finally {
    await relay.receiver.kill();
    await relay.receiver.remove();
  }
}

let nextPullRequest = 1;

/** A first merge everywhere, then another one in repositories drawn from a seed. */
async function grow(room: Room, repositories: number, sample: number): Promise<ScaleRow> {
  room.bench.say(`${repositories} repositories: a first merge in each`);
  const everywhere = Array.from({ length: repositories }, (_, repository) => repository);
  const first = await playMerges(room, everywhere);
  // In every size alike: the objects have left memory, and their tokens with them.
  await new Promise((resolve) => setTimeout(resolve, EVICTION_MS));
  room.bench.say(`${repositories} repositories: up to ${sample} more merges`);
  const drawn = draw(everywhere, sample);
  const warm = await playMerges(room, drawn);
  return {
    repositories,
    merges: repositories + drawn.length,
    first: per(first, repositories),
    warm: per(warm, drawn.length),
    mostGithubCallsPerAlarm: Math.max(first.mostGithubCallsPerAlarm, warm.mostGithubCallsPerAlarm),
    residentMiB: residentMiB(room.relay.receiver.pids()),
  };
}

async function playSlowly(room: Room, sample: number) {
  room.bench.say(`${sample} merges while GitHub takes ${GITHUB_MS} ms`);
  const everywhere = Array.from({ length: sample }, (_, repository) => repository);
  await playMerges(room, everywhere);
  room.github.delay(GITHUB_MS);
  const warm = await playMerges(room, everywhere);
  room.github.delay(0);
  return { githubMs: GITHUB_MS, merges: sample, warm: per(warm, sample) };
}

async function heat(room: Room): Promise<HotRepository> {
  const perSecond = 100;
  const merges = room.bench.quick ? 100 : 1_000;
  room.bench.say(`one repository with ${perSecond} merges a second`);
  room.github.forget();
  await room.relay.take();
  const mibBefore = residentMiB(room.relay.receiver.pids());
  const order = { ...orderFor(room, "merged", [], merges), perSecond };
  const result = await room.load.fire(order);
  const outcome = await awaitDispatches(room.github, order, result, {
    quietMs: 15_000,
    mostMs: 120_000,
  });
  const { mostGithubCallsPerAlarm } = await room.relay.take();
  const mibAfter = residentMiB(room.relay.receiver.pids());
  const p50Ms = quantile(result.latenciesMs, 0.5);
  const p99Ms = quantile(result.latenciesMs, 0.99);
  return { perSecond, merges, p50Ms, p99Ms, outcome, mostGithubCallsPerAlarm, mibBefore, mibAfter };
}

/** One merge in each of these repositories, followed to the end of its run. */
async function playMerges(room: Room, repositories: readonly number[]): Promise<Played> {
  const { github, relay } = room;
  const subjects = repositories.map((repository) => ({
    repository,
    pullRequest: nextPullRequest++,
  }));
  github.forget();
  github.runs("queued");
  await relay.take();
  await fireAll(room, "merged", subjects);
  await fireAll(room, "push", subjects);
  const runs = await untilDispatched(room, subjects.length);
  for (const status of ["queued", "in_progress", "completed"] as const) {
    github.runs(status);
    const kind = status === "queued" ? "requested" : status;
    await fireAll(room, kind, runs);
    await untilQuiet(room);
  }
  const { requests } = await github.report();
  return { ...(await relay.take()), tokens: requests["token"] ?? 0 };
}

type Played = Meter & { readonly tokens: number };

async function fireAll(
  room: Room,
  kind: VolleyOrder["kind"],
  subjects: readonly Subject[],
): Promise<void> {
  for (let start = 0; start < subjects.length; start += VOLLEY) {
    const { statuses } = await room.load.fire(
      orderFor(room, kind, subjects.slice(start, start + VOLLEY)),
    );
    const wrong = statuses.find((status) => status !== 202);
    if (wrong !== undefined) throw new Error(`a ${kind} was answered with ${wrong}`);
  }
}

/** The runs, once there are so many. */
async function untilDispatched(room: Room, count: number): Promise<Subject[]> {
  for (let waits = 0; waits < 3_600; waits++) {
    const { runs } = await room.github.report();
    if (runs.length >= count) {
      return runs.map(({ id, repositoryId, dispatchId }) => ({
        repository: repositoryId - repositoryIdOf(0),
        pullRequest: 1,
        run: { id, dispatchId },
      }));
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("not every merge was dispatched within fifteen minutes");
}

/** Until nothing more is asked of GitHub. */
async function untilQuiet(room: Room): Promise<void> {
  let before = -1;
  for (;;) {
    const { requests } = await room.github.report();
    const now = Object.values(requests).reduce((sum, count) => sum + count, 0);
    if (now === before) return;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function orderFor(
  room: Room,
  kind: VolleyOrder["kind"],
  subjects: readonly Subject[],
  count = subjects.length,
): VolleyOrder {
  const firstPullRequest = nextPullRequest;
  if (subjects.length === 0) nextPullRequest += count;
  return {
    url: room.relay.receiver.url(),
    secret: room.bench.secrets.webhookSecret,
    kind,
    count,
    connections: CONNECTIONS,
    repositories: 1,
    firstPullRequest,
    ...(subjects.length > 0 ? { subjects } : {}),
  };
}

function per(meter: Played, merges: number): PerMerge {
  const {
    mostGithubCallsPerAlarm: _calls,
    mostIndexQueriesPerAlarm: _queries,
    mostObjectCallsPerAlarm: _objects,
    ...sums
  } = meter;
  const shares = Object.entries(sums).map(([name, sum]) => [name, sum / merges]);
  return Object.fromEntries(shares) as PerMerge;
}

/** Different ones, the same on every run. */
function draw(all: readonly number[], count: number): number[] {
  let state = SEED;
  const rest = [...all];
  return Array.from({ length: Math.min(count, rest.length) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const [taken = 0] = rest.splice(state % rest.length, 1);
    return taken;
  });
}
