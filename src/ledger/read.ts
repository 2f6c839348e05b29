/** From the ledger's rows to what people and programs see. */
import { type DispatchRow, type HistoryEntry } from "./dispatch-row.ts";
import { fullName } from "../domain/facts.ts";
import type { Store } from "./store.ts";
import type { DispatchFilter, DispatchView, HistoryView } from "../domain/dispatch-view.ts";

const MAX_HOPS = 4;

/** Newest first. */
export function listDispatches(store: Store, filter: DispatchFilter): DispatchView[] {
  return store.listDispatches(filter).map((row) => view(store, row));
}

/** The dispatch of that id, or the one that has taken it in; null when there is neither. */
export function dispatchNamed(store: Store, id: string): DispatchRow | null {
  let row = store.dispatch(id);
  // What took an id in may have been taken in itself.
  for (let next: string | null = id, hop = 0; row === null && hop < MAX_HOPS; hop++) {
    next = store.aliases.target(next);
    if (next === null) return null;
    row = store.dispatch(next);
  }
  return row;
}

/** One dispatch with its history, or null. */
export function readDispatch(store: Store, id: string): DispatchView | null {
  const row = dispatchNamed(store, id);
  return row === null ? null : view(store, row);
}

/** A row with its history, as people and programs see it. */
export function view(store: Store, row: DispatchRow): DispatchView {
  return {
    id: row.id,
    repository: fullName({ owner: store.meta("owner") ?? "", name: store.meta("name") ?? "" }),
    route: row.route,
    generation: row.generation,
    event: row.event,
    actor: row.actor,
    pull_request: row.pullRequest,
    sha: row.sha,
    branch: row.branch,
    state: row.state,
    reason: row.reason,
    remedy: row.remedy,
    run_id: row.runId,
    run_url: row.runUrl,
    attempts: row.attempts,
    merged_at: row.mergedAt === null ? null : iso(row.mergedAt),
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
    dispatched_at: row.sentAt === null ? null : iso(row.sentAt),
    finished_at: row.finishedAt === null ? null : iso(row.finishedAt),
    receipt: row.receipt,
    diagnosis: row.diagnosis,
    trace: row.trace ?? [],
    history: store.history(row.id).map(historyView),
  };
}

function historyView({ at, state, cause, actor }: HistoryEntry): HistoryView {
  return { at: iso(at), state, cause, actor };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
