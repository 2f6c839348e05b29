/**
 * Cost of a merge from few repositories to many, in what Cloudflare bills; a hot repository; and the
 * bill of a month. Clock: as fast as the machine goes. Ledgers: the built Worker's own, on real
 * Durable Object storage.
 */
import { type FleetUsage, MeteredFleet } from "../metered/fleet.ts";
import type { Meter, Most } from "../metered/metered-relay.ts";
import { repositoryIdOf, type Subject } from "../load/delivery.ts";
import type { VolleyOrder } from "../load/volley.ts";
import { LoadClient } from "../processes/load-client.ts";
import { StandInClient } from "../processes/stand-in-client.ts";
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
  /** The greatest that was seen after a wave. */
  readonly used: FleetUsage;
  /** When everything was played and the objects had left memory. */
  readonly usedAtRest: FleetUsage;
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
/**
 * So many merges are under way at a time, however many repositories there are: or the events of a run
 * would come the later the more there are, and the ledger would ask for it meanwhile.
 */
const WAVE = 200;
/** Counts are the same however busy the machine is. */
const PATIENCE_MS = 120_000;
/** The scans are the played month's business; here they would begin in a run that takes long enough. */
const NO_SCAN = { SCAN_INTERVAL_MS: "86400000" };

/** All three. */
export async function measureScale(bench: Bench): Promise<ScaleResult> {
  const most = bench.repositories ?? (bench.quick ? 200 : 10_000);
  const sizes = [most / 100, most / 10, most].map((size) => Math.max(10, Math.round(size)));
  const sample = bench.quick ? 20 : 100;
  const github = await StandInClient.start();
  const load = new LoadClient();
  try {
    const rows: ScaleRow[] = [];
    // The largest one is not the last: a run that is broken off has it.
    for (const repositories of [sizes[0]!, sizes[2]!, sizes[1]!]) {
      const around = { bench, github, load, repositories };
      const row = await withRelay(around, (room) => grow(room, repositories, sample));
      rows.push(row);
      bench.say(JSON.stringify(row));
    }
    rows.sort((one, other) => one.repositories - other.repositories);
    const one = { bench, github, load, repositories: 1 };
    const slow = await withRelay(one, (room) => playSlowly(room, sample));
    const hot = await withRelay(one, heat);
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
  readonly relay: MeteredFleet;
}

async function withRelay<Value>(
  around: Omit<Room, "relay"> & { readonly repositories: number },
  work: (room: Room) => Promise<Value>,
): Promise<Value> {
  const { bench, github, load, repositories } = around;
  const place = { githubUrl: github.url, within: bench.fast, settings: NO_SCAN };
  const relay = await MeteredFleet.start(bench.secrets, repositories, place);
  try {
    github.delay(0);
    return await work({ bench, github, load, relay });
  } finally {
    await relay.end();
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
  const usedAtRest = room.relay.look();
  room.bench.say(`${repositories} repositories: up to ${sample} more merges`);
  const drawn = draw(everywhere, sample);
  const warm = await playMerges(room, drawn);
  return {
    repositories,
    merges: repositories + drawn.length,
    first: per(first, repositories),
    warm: per(warm, drawn.length),
    mostGithubCallsPerAlarm: Math.max(first.mostGithubCallsPerAlarm, warm.mostGithubCallsPerAlarm),
    used: room.relay.most,
    usedAtRest,
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
  const mibBefore = room.relay.look().residentMiB;
  const order = { ...orderFor(room, "merged", [], merges), perSecond };
  const [only] = room.relay.split([{ repository: 0 }]);
  const result = await room.load.fire({ ...order, url: only!.receiver.url() });
  const outcome = await awaitDispatches(room.github, order, result, {
    quietMs: 15_000,
    mostMs: 120_000,
  });
  const { mostGithubCallsPerAlarm } = await room.relay.take();
  const mibAfter = room.relay.look().residentMiB;
  const p50Ms = quantile(result.latenciesMs, 0.5);
  const p99Ms = quantile(result.latenciesMs, 0.99);
  return { perSecond, merges, p50Ms, p99Ms, outcome, mostGithubCallsPerAlarm, mibBefore, mibAfter };
}

/** One merge in each of these repositories, followed to the end of its run, wave by wave. */
async function playMerges(room: Room, repositories: readonly number[]): Promise<Played> {
  await room.relay.take();
  let tokens = 0;
  for (let start = 0; start < repositories.length; start += WAVE) {
    tokens += await playWave(room, repositories.slice(start, start + WAVE));
    const { processes, residentMiB, openFiles } = room.relay.look();
    if (repositories.length > WAVE) {
      const held = `${residentMiB.toFixed(0)} MiB in ${processes}, ${openFiles} files open in one`;
      room.bench.say(`${start + WAVE} merges: ${held}`);
    }
  }
  return { ...(await room.relay.take()), tokens };
}

type Played = Meter & { readonly tokens: number };

/** The tokens that it took. */
async function playWave(room: Room, repositories: readonly number[]): Promise<number> {
  const { github } = room;
  const subjects = repositories.map((repository) => ({
    repository,
    pullRequest: nextPullRequest++,
  }));
  github.forget();
  github.runs("queued");
  await fireAll(room, "merged", subjects);
  await fireAll(room, "push", subjects);
  const runs = await untilDispatched(room, subjects.length);
  for (const status of ["queued", "in_progress", "completed"] as const) {
    github.runs(status);
    await fireAll(room, status === "queued" ? "requested" : status, runs);
    await untilQuiet(room);
  }
  const { requests } = await github.report();
  return requests["token"] ?? 0;
}

async function fireAll(
  room: Room,
  kind: VolleyOrder["kind"],
  all: readonly Subject[],
): Promise<void> {
  for (const { receiver, subjects } of room.relay.split(all)) {
    const order = {
      ...orderFor(room, kind, subjects),
      url: receiver.url(),
      patienceMs: PATIENCE_MS,
    };
    const { statuses } = await room.load.fire(order);
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
    url: "",
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
