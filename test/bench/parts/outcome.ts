/** What became of a volley of merges: dispatched when, lost, doubled. */
import { repositoryIdOf, shaOf } from "../load/delivery.ts";
import { subjectOf, type VolleyOrder, type VolleyResult } from "../load/volley.ts";
import type { StandInClient } from "../processes/stand-in-client.ts";
import { quantile } from "../statistics.ts";

export interface Outcome {
  readonly acknowledged: number;
  readonly dispatched: number;
  /** Answered with 2xx and not dispatched by the time that we stopped waiting. */
  readonly lost: number;
  /** Dispatched more than once. */
  readonly doubled: number;
  readonly toDispatchP50Ms: number;
  readonly toDispatchP99Ms: number;
  /** From the first delivery, or from `since`, to the last merge's first dispatch. */
  readonly lastDispatchMs: number;
  readonly waitedMs: number;
}

type Volley = Pick<VolleyOrder, "repositories" | "firstPullRequest">;

/** True for an answer that tells GitHub that all is well. */
export function isAcknowledged(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Waits until every acknowledged merge is dispatched, or nothing new came for `quietMs`, or `mostMs`. */
export async function awaitDispatches(
  github: StandInClient,
  volley: Volley,
  result: VolleyResult,
  limits: { quietMs: number; mostMs: number; since?: number },
): Promise<Outcome> {
  const keys = result.statuses.map((_, index) => keyOf(volley, index));
  const startedAt = Date.now();
  let changedAt = startedAt;
  let seen = -1;
  for (;;) {
    const { dispatches } = await github.report();
    const times = keys.map((key) => dispatches[key] ?? []);
    const acknowledged = result.statuses.map(isAcknowledged);
    const missing = times.filter((list, index) => acknowledged[index] && list.length === 0).length;
    const total = times.reduce((sum, list) => sum + list.length, 0);
    const now = Date.now();
    if (total !== seen) [seen, changedAt] = [total, now];
    const over = now - changedAt >= limits.quietMs || now - startedAt >= limits.mostMs;
    // Whoever repeats does so a moment later: so look once more after the last one.
    if (over || (missing === 0 && now - changedAt >= 1_500)) {
      return { ...summary(times, result, limits.since), lost: missing, waitedMs: now - startedAt };
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function keyOf(volley: Volley, index: number): string {
  const { repository, pullRequest } = subjectOf(volley, index);
  return `${repositoryIdOf(repository)}/${shaOf(pullRequest)}`;
}

function summary(
  times: readonly (readonly number[])[],
  result: VolleyResult,
  since = Math.min(...result.sentAtMs.filter((at) => at > 0)),
): Omit<Outcome, "lost" | "waitedMs"> {
  const firsts = times.flatMap(([first], index) =>
    first === undefined ? [] : [{ first, waited: first - (result.sentAtMs[index] ?? 0) }],
  );
  const waits = firsts.map(({ waited }) => waited);
  return {
    acknowledged: result.statuses.filter(isAcknowledged).length,
    dispatched: firsts.length,
    doubled: times.filter((list) => list.length > 1).length,
    toDispatchP50Ms: quantile(waits, 0.5),
    toDispatchP99Ms: quantile(waits, 0.99),
    lastDispatchMs: Math.max(0, ...firsts.map(({ first }) => first)) - since,
  };
}
