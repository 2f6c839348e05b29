/** What the cron sets going, and whether the sweep keeps up with it. */
import type { Log } from "../../domain/log.ts";
import type { SweepState } from "../../domain/sweep-state.ts";
import { finishSweep } from "./ask-again.ts";
import { beginWalk } from "./delivery-walk.ts";
import type { SweepStores } from "./sweep-context.ts";

/** Between two crons; wrangler.toml says the same. */
const SWEEP_INTERVAL_MS = 5 * 60_000;
const BEHIND_AFTER_MS = 3 * SWEEP_INTERVAL_MS;
/** The cron does not come to the second. */
const MOST_SLACK_MS = 30_000;
/** An installation that was not met for so long is gone. */
const INSTALLATION_KEPT_MS = 30 * 86_400_000;

/**
 * Begins a walk over the deliveries unless one is under way, one over the installations when their
 * interval is over, and a look for overdue ledgers. Only marks what is to be done.
 */
export function startSweep(
  stores: SweepStores,
  now: { readonly nowMs: number; readonly scanIntervalMs: number },
  log: Log,
): void {
  const { progress, todo } = stores;
  const { nowMs, scanIntervalMs } = now;
  const deliveries = progress.get("deliveries");
  progress.update("deliveries", { firstAt: deliveries.firstAt ?? nowMs });
  const state = sweepState(stores, nowMs);
  if (state.behind) log.error("sweep.behind", { cause: "no-walk-finished", since: state.last });
  if (deliveries.phase === "asking") finishSweep({ ...stores, log });
  if (deliveries.phase !== "walking") {
    const walk = beginWalk(nowMs, deliveries.markAt);
    progress.update("deliveries", { phase: "walking", walk, tries: 0, retryAt: 0 });
  }
  const { page, startedAt } = progress.get("installations");
  const slack = Math.min(MOST_SLACK_MS, scanIntervalMs / 10);
  if (page === null && nowMs - (startedAt ?? 0) >= scanIntervalMs - slack) {
    progress.update("installations", { startedAt: nowMs, page: 1, tries: 0, retryAt: 0 });
    todo.dropOld(nowMs - INSTALLATION_KEPT_MS);
  }
  progress.update("kick", { wanted: true });
}

/** How the sweep is now. */
export function sweepState({ progress, failures }: SweepStores, nowMs: number): SweepState {
  const { last, firstAt } = progress.get("deliveries");
  const from = last?.finishedAt ?? firstAt;
  return {
    last: last === null ? null : new Date(last.finishedAt).toISOString(),
    behind: from !== null && nowMs - from > BEHIND_AFTER_MS,
    failing: failures.open(),
  };
}
