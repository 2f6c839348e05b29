/**
 * A month on the ledger's own code at a compressed clock: a sample of the repositories, exactly, at
 * several sizes; that the cost of a merge is the same at each says that it may be multiplied.
 */
import type { Bench } from "../bench.ts";
import { Month, type MonthOutcome } from "../month/play.ts";
import type { Purpose } from "../month/tally.ts";
import { quantile } from "../statistics.ts";

export interface MonthRow {
  readonly seed: number;
  readonly repositories: number;
  readonly merges: number;
  readonly installations: number;
  readonly dispatched: number;
  readonly doubled: number;
  readonly undispatched: number;
  readonly bugs: number;
  /** Requests to GitHub a merge, with its pushes, its run, and the share of all that runs idle. */
  readonly perMerge: Readonly<Record<Purpose, number>>;
  /** Of those, answered with 304. */
  readonly unchangedPerMerge: number;
  readonly acceptsPerMerge: number;
  readonly alarmsPerMerge: number;
  readonly visitsPerMerge: number;
  readonly alarmsSetPerMerge: number;
  /** Of tables, without their indices. */
  readonly rowsChangedPerMerge: number;
  readonly lost: number;
  readonly foundAfterP50Minutes: number;
  readonly foundAfterMaxMinutes: number;
  readonly largest: {
    readonly repositories: number;
    readonly perHour: number;
    readonly pointsPerMinute: number;
    /** Mean of an office hour, of what counts. */
    readonly perBusyHour: number;
    readonly pointsPerBusyMinute: number;
  };
  readonly seconds: number;
  readonly residentMiB: number;
}

export interface MonthResult {
  readonly whole: { readonly repositories: number; readonly merges: number };
  readonly mergesPerRepository: number;
  readonly pushesPerMerge: number;
  readonly lostShare: number;
  readonly rows: readonly MonthRow[];
}

const SEED = 20_261_124;
const WHOLE = { repositories: 100_000, merges: 1_000_000 };
const MERGES_PER_REPOSITORY = 10;
const PUSHES_PER_MERGE = 4;
const LOST_SHARE = 0.01;

/** Plays the month at a quarter, a half and the whole of the sample's size. */
export async function measureMonth(bench: Bench): Promise<MonthResult> {
  const most = bench.repositories ?? (bench.quick ? 40 : 1_000);
  const rows: MonthRow[] = [];
  for (const share of [0.25, 0.5, 1]) {
    const repositories = Math.max(10, Math.round(most * share));
    bench.say(`${repositories} repositories, seed ${SEED}`);
    rows.push(await playOne(bench, repositories));
  }
  return {
    whole: WHOLE,
    mergesPerRepository: MERGES_PER_REPOSITORY,
    pushesPerMerge: PUSHES_PER_MERGE,
    lostShare: LOST_SHARE,
    rows,
  };
}

async function playOne(bench: Bench, repositories: number): Promise<MonthRow> {
  const startedAt = Date.now();
  const plan = {
    seed: SEED,
    repositories,
    merges: repositories * MERGES_PER_REPOSITORY,
    lostShare: LOST_SHARE,
    pushesPerMerge: PUSHES_PER_MERGE,
  };
  const outcome = await new Month(plan).play((text) => bench.say(`${repositories}: ${text}`));
  return rowOf(outcome, (Date.now() - startedAt) / 1000);
}

function rowOf(outcome: MonthOutcome, seconds: number): MonthRow {
  const { plan, installations, tally, foundAfterMs } = outcome;
  const { merges } = plan;
  const { objects, asked } = tally;
  const shares = Object.entries(asked).map(([purpose, count]) => [purpose, count / merges]);
  const [largest] = installations;
  if (largest === undefined) throw new Error("a month without installations");
  const minutes = foundAfterMs.map((ms) => ms / 60_000);
  return {
    seed: plan.seed,
    repositories: plan.repositories,
    merges,
    installations: installations.length,
    dispatched: outcome.dispatched,
    doubled: outcome.doubled,
    undispatched: outcome.undispatched,
    bugs: outcome.bugs,
    perMerge: Object.fromEntries(shares) as Record<Purpose, number>,
    unchangedPerMerge: tally.unchanged / merges,
    acceptsPerMerge: objects.accepts / merges,
    alarmsPerMerge: objects.alarms / merges,
    visitsPerMerge: objects.visits / merges,
    alarmsSetPerMerge: objects.alarmsSet / merges,
    rowsChangedPerMerge: tally.rowsChanged / merges,
    lost: minutes.length,
    foundAfterP50Minutes: quantile(minutes, 0.5),
    foundAfterMaxMinutes: Math.max(0, ...minutes),
    largest: {
      repositories: largest.repositoryIds.length,
      ...tally.peakOf(largest.id),
      ...tally.busyMeanOf(largest.id),
    },
    seconds,
    residentMiB: process.memoryUsage().rss / 1_048_576,
  };
}
