/** A dispatch as people and programs see it. Field names are part of the API. */
import { type DispatchRow, type HistoryEntry } from "./dispatch-row.ts";
import { fullName } from "../domain/facts.ts";
import type { TraceStep } from "../domain/trace.ts";
import type { Store } from "./store.ts";
import type { State } from "../domain/dispatch-state.ts";

export interface DispatchView {
  readonly id: string;
  readonly repository: string;
  readonly route: string | null;
  readonly generation: number;
  readonly event: string;
  readonly pull_request: number | null;
  readonly sha: string | null;
  readonly branch: string | null;
  readonly state: State;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly run_id: number | null;
  readonly run_url: string | null;
  readonly attempts: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly receipt: unknown;
  readonly diagnosis: unknown;
  readonly trace: readonly TraceStep[];
  readonly history: readonly { at: string; state: State; cause: string; actor: string }[];
}

/** Newest first; at most `limit`, from after the id `before`. */
export function listDispatches(store: Store, before: string | null, limit: number): DispatchView[] {
  return store.listDispatches(before, limit).map((row) => view(store, row));
}

/** One dispatch with its history, or null. */
export function readDispatch(store: Store, id: string): DispatchView | null {
  const row = store.dispatch(id);
  return row === null ? null : view(store, row);
}

function view(store: Store, row: DispatchRow): DispatchView {
  return {
    id: row.id,
    repository: fullName({ owner: store.meta("owner") ?? "", name: store.meta("name") ?? "" }),
    route: row.route,
    generation: row.generation,
    event: row.event,
    pull_request: row.pullRequest,
    sha: row.sha,
    branch: row.branch,
    state: row.state,
    reason: row.reason,
    remedy: row.remedy,
    run_id: row.runId,
    run_url: row.runUrl,
    attempts: row.attempts,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
    receipt: row.receipt,
    diagnosis: row.diagnosis,
    trace: row.trace ?? [],
    history: store.history(row.id).map(historyView),
  };
}

function historyView({ at, state, cause, actor }: HistoryEntry) {
  return { at: iso(at), state, cause, actor };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
