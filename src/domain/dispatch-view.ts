/** A dispatch as people and programs see it. Field names are part of the API. */
import type { State } from "./dispatch-state.ts";
import type { TraceStep } from "./trace.ts";

export interface DispatchView {
  readonly id: string;
  readonly repository: string;
  readonly route: string | null;
  readonly generation: number;
  readonly event: string;
  /** Login of who merged, or of who asked by hand. */
  readonly actor: string | null;
  readonly pull_request: number | null;
  readonly sha: string | null;
  readonly branch: string | null;
  readonly state: State;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly run_id: number | null;
  readonly run_url: string | null;
  readonly attempts: number;
  readonly merged_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly dispatched_at: string | null;
  readonly finished_at: string | null;
  readonly receipt: unknown;
  readonly diagnosis: unknown;
  readonly trace: readonly TraceStep[];
  readonly history: readonly HistoryView[];
}

export interface HistoryView {
  readonly at: string;
  readonly state: State;
  readonly cause: string;
  readonly actor: string;
}

/** Which dispatches a list holds; null leaves a condition out. */
export interface DispatchFilter {
  readonly state: State | null;
  readonly pullRequest: number | null;
  /** Left out by a Worker of the version before. */
  readonly route?: string | null;
  /** Only dispatches older than this id. */
  readonly before: string | null;
  readonly limit: number;
}
