/** Finds out what became of a dispatch whose answer was lost, before anything is repeated. */
import { findRun } from "../domain/run.ts";
import { backoffMs } from "../domain/retry.ts";
import { advance, namesOf, spread, waitOrExhaust } from "./advance.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import { doubtfulRuns, dropDoubt, stayInDoubt } from "./doubt.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { work } from "./work.ts";

/**
 * Looks for the run by its dispatch id. A list proves that there is none only when it was asked for
 * `unknownSettleMs` after the answer was lost (GitHub may still have been at work on the call), and
 * when it shows no run that does not tell whose it is.
 */
export async function reconcile(context: LedgerContext, row: DispatchRow): Promise<void> {
  const { github, clock, settings } = context;
  const { target, sentAt, lostAt } = row;
  if (target === null || sentAt === null || lostAt === null)
    throw new Error("unknown without a target");
  const askedAt = clock.now();
  const runs = await github.runsSince(target.repository, target.workflow, sentAt);
  if (runs.kind !== "ok")
    return lookLater(context, row, runs.kind === "later" ? spread(runs, clock) : null);
  const run = findRun(runs.value, row.id);
  if (run) {
    const found = { runId: run.id, runUrl: run.url, attempts: 0, looks: 0, dueAt: clock.now() };
    advance(context, row, "accept", {
      cause: `found run ${run.id}`,
      fields: { ...found, ...dropDoubt(context.store, row) },
    });
    return;
  }
  const settledAt = lostAt + settings.unknownSettleMs;
  if (askedAt < settledAt) {
    context.store.updateDispatch(row, { dueAt: settledAt });
    return;
  }
  const ids = doubtfulRuns(context.store, row, runs.value);
  if (ids.length > 0) return stayInDoubt(context, row, { ids, runs: runs.value });
  // GitHub never took it. Once at once: it has waited already; from then on with a growing wait.
  const again = row.attempts > 0;
  const fields = { attempts: Math.max(row.attempts, 1), ...dropDoubt(context.store, row) };
  const counted = { ...row, ...fields, version: row.version + 1 };
  if (!context.store.updateDispatch(row, fields)) return;
  if (!again) return work(context, counted);
  waitOrExhaust(context, counted, { kind: "later", notBeforeMs: null, cause: "no such run" });
}

/** The list was not to be had: nothing is known yet, so nothing is repeated, however long it takes. */
function lookLater(context: LedgerContext, row: DispatchRow, notBeforeMs: number | null): void {
  const { clock, settings, store, log } = context;
  const looks = row.looks + 1;
  const own = clock.now() + backoffMs(settings.retryBaseMs, looks, clock.draw());
  store.updateDispatch(row, { looks, dueAt: Math.max(own, notBeforeMs ?? 0) });
  log.warn("dispatch.unknown", { ...namesOf(row), looks });
  alertOnce(context, row);
}

/** How long a run may be in doubt before an operator hears of it. */
const DOUBT_ALERT_MS = 900_000;

function alertOnce(context: LedgerContext, row: DispatchRow): void {
  const { store, clock } = context;
  const key = `alerted:${row.id}:${row.lostAt ?? 0}`;
  if (clock.now() - (row.lostAt ?? clock.now()) < DOUBT_ALERT_MS || store.meta(key) !== null)
    return;
  store.setMeta(key, "unknown");
  const text = "GitHub has not said for fifteen minutes whether a run exists";
  context.alert("dispatch.unknown-for-long", text, namesOf(row));
}
