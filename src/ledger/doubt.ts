/**
 * Runs that may be a dispatch's own and do not say so: their workflow's `run-name` lacks the dispatch
 * id. While there is one, nobody can prove that GitHub never took the dispatch, so it is not sent
 * again. Not even an only one is taken as ours: other ledgers, and other relays with this App's key,
 * may start the same workflow.
 */
import { mayBeAnyones, type RunFacts } from "../domain/run.ts";
import { backoffMs } from "../domain/retry.ts";
import { advance } from "./advance.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import type { LedgerContext } from "./ledger-context.ts";
import type { Store } from "./store.ts";

/** The reason of a dispatch that may have a run, which nobody can tell from others. */
const RUN_IN_DOUBT = "run-in-doubt";

/** True for a dispatch that was given up while a run of it may exist: only a person may repeat it. */
export function endedInDoubt({ state, reason }: DispatchRow): boolean {
  return state === "exhausted" && reason === RUN_IN_DOUBT;
}

/** True for a dispatch that was given up and that GitHub surely never took: it may come back by itself. */
export function mayBeRevived(row: DispatchRow): boolean {
  return row.state === "exhausted" && !endedInDoubt(row);
}

/**
 * Ids of the runs that may be this dispatch's. Once seen, a run stays in doubt even if the list does
 * not show it any more (somebody deleted it), until it turns out to be another dispatch's.
 */
export function doubtfulRuns(store: Store, row: DispatchRow, runs: readonly RunFacts[]): number[] {
  const seen = (store.meta(keyOf(row)) ?? "").split(",").filter((id) => id !== "");
  const shown = runs.filter((run) => mayBeAnyones(run)).map(({ id }) => id);
  const ids = new Set([...seen.map(Number), ...shown]);
  return [...ids].filter((id) => store.dispatchOfRun(id) === null);
}

/** Looks again after a wait that grows, and gives up with a remedy in the end; never sends. */
export function stayInDoubt(
  context: LedgerContext,
  row: DispatchRow,
  doubt: { readonly ids: readonly number[]; readonly runs: readonly RunFacts[] },
): void {
  const { store, clock, settings } = context;
  store.setMeta(keyOf(row), doubt.ids.join(","));
  const looks = row.reason === RUN_IN_DOUBT ? row.looks + 1 : 1;
  const fields = { looks, reason: RUN_IN_DOUBT, remedy: remedyFor(row, doubt) };
  if (looks < settings.retryMaxAttempts) {
    const dueAt = clock.now() + backoffMs(settings.retryBaseMs, looks, clock.draw());
    store.updateDispatch(row, { ...fields, dueAt });
    return;
  }
  store.dropMeta(keyOf(row));
  advance(context, row, "exhaust", { cause: RUN_IN_DOUBT, fields });
}

/** Forgets the doubt; the fields to write with whatever follows. */
export function dropDoubt(
  store: Store,
  row: DispatchRow,
): Partial<Pick<DispatchRow, "reason" | "remedy">> {
  if (row.reason !== RUN_IN_DOUBT) return {};
  store.dropMeta(keyOf(row));
  return { reason: null, remedy: null };
}

function remedyFor(
  { target, remedy }: DispatchRow,
  { ids, runs }: { readonly ids: readonly number[]; readonly runs: readonly RunFacts[] },
): string {
  const [shown] = runs.filter(({ id }) => ids.includes(id));
  if (shown === undefined && remedy !== null) return remedy;
  const workflow = target?.workflow ?? "the workflow";
  return `A run may exist: ${shown?.url ?? `run ${ids[0]}`} does not show whose it is, so the dispatch is not sent a second time. Look at that run, and replay this dispatch only if it is not its run. Add at the top level of ${workflow}: run-name: "Publish \${{ inputs.sha }} [\${{ inputs.dispatch_id }}]"`;
}

function keyOf({ id }: DispatchRow): string {
  return `doubted:${id}`;
}
