/**
 * The index over all repositories: a projection that the ledgers write and only lists read. It may
 * lag, and it may be away; nothing is decided by it.
 */
import type { State } from "./dispatch-state.ts";

/** One dispatch in a list. Times are ISO 8601, null where it has not come to that. */
export interface IndexedDispatch {
  readonly id: string;
  readonly repository_id: number;
  /** `owner/name`. */
  readonly repository: string;
  readonly route: string | null;
  readonly generation: number;
  readonly event: string;
  readonly pull_request: number | null;
  readonly sha: string | null;
  readonly branch: string | null;
  readonly state: State;
  readonly reason: string | null;
  /** Who merged, or who asked for it by hand. */
  readonly actor: string | null;
  readonly run_url: string | null;
  readonly digest: string | null;
  readonly merged_at: string | null;
  readonly created_at: string;
  readonly dispatched_at: string | null;
  readonly finished_at: string | null;
  readonly updated_at: string;
}

/** So many dispatches under way and more are one figure: counting on would cost every one of them. */
export const MOST_COUNTED_OPEN = 100;

/** One repository at a glance. */
export interface RepositoryHealth {
  readonly repository_id: number;
  readonly repository: string;
  readonly paused: boolean;
  /** Dispatches that are not finished, counted up to `MOST_COUNTED_OPEN`. */
  readonly open: number;
  /** Of the newest thirty finished dispatches that were to build something. */
  readonly succeeded: number;
  readonly failed: number;
  readonly last: IndexedDispatch | null;
}

export interface IndexFilter {
  /** Only these repositories: those that the viewer may see. */
  readonly repositoryIds: readonly number[];
  readonly state: State | null;
  readonly route: string | null;
  /** A login. */
  readonly actor: string | null;
  /** Milliseconds, by creation. */
  readonly since: number | null;
  readonly until: number | null;
  /** Only what is older than this: `created_at` in milliseconds and the id, as of the last row. */
  readonly before: { readonly at: number; readonly id: string } | null;
  readonly limit: number;
}

/** Milliseconds at the half and at the 95th percentile; null without a single case. */
export interface Lag {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface Stats {
  readonly since: string;
  readonly repositories: number;
  readonly dispatches: Readonly<Partial<Record<State, number>>>;
  readonly lag: {
    /** From the merge to its record. */
    readonly received: Lag;
    /** From the record to the POST. */
    readonly dispatched: Lag;
    /** From the POST to the end of the run. */
    readonly finished: Lag;
  };
  /** By day (UTC), the oldest first: what became of the dispatches made on it. */
  readonly days: readonly {
    readonly day: string;
    readonly succeeded: number;
    readonly failed: number;
    readonly other: number;
    readonly p50_finished_ms: number | null;
  }[];
}

/** `unavailable`: the index is not bound, or did not answer. */
export type IndexAnswer<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "unavailable" };

export type IndexState = "ready" | "unavailable";

export interface DispatchIndex {
  /** Newest first. */
  search(filter: IndexFilter): Promise<IndexAnswer<readonly IndexedDispatch[]>>;
  repositories(ids: readonly number[]): Promise<IndexAnswer<readonly RepositoryHealth[]>>;
  stats(ids: readonly number[], sinceMs: number): Promise<IndexAnswer<Stats>>;
}
