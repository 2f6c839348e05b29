/** Statistics over dispatches: how many came to what, and how long each part of the way took. Pure. */
import type { Stats } from "../../domain/dispatch-index.ts";
import type { State } from "../../domain/dispatch-state.ts";
import { lagOf } from "../../domain/lag.ts";

export interface TimedDispatch {
  readonly state: State;
  readonly event: string;
  readonly generation: number;
  readonly merged_at: number | null;
  readonly created_at: number;
  readonly dispatched_at: number | null;
  readonly finished_at: number | null;
}

/** Counts and lags. What people repeated by hand says nothing about how fast a merge was heard. */
export function statsOf(
  rows: readonly TimedDispatch[],
  about: { readonly sinceMs: number; readonly repositories: number },
): Stats {
  const dispatches: Partial<Record<State, number>> = {};
  for (const { state } of rows) dispatches[state] = (dispatches[state] ?? 0) + 1;
  const heard = rows.filter(({ generation }) => generation === 1);
  return {
    since: new Date(about.sinceMs).toISOString(),
    repositories: about.repositories,
    dispatches,
    lag: {
      received: lagOf(heard.flatMap((row) => between(row.merged_at, row.created_at))),
      dispatched: lagOf(rows.flatMap((row) => between(row.created_at, row.dispatched_at))),
      finished: lagOf(rows.flatMap(runOf)),
    },
    days: [...byDay(rows)].map(([day, own]) => ({
      day,
      succeeded: own.filter(({ state }) => state === "succeeded").length,
      failed: own.filter(({ state }) => state === "failed" || state === "exhausted").length,
      other: own.filter(({ state }) => !["succeeded", "failed", "exhausted"].includes(state))
        .length,
      p50_finished_ms: lagOf(own.flatMap(runOf)).p50,
    })),
  };
}

function between(from: number | null, to: number | null): number[] {
  // GitHub's times are whole seconds, and its clock is not ours.
  return from === null || to === null ? [] : [Math.max(0, to - from)];
}

/** Only of runs that came to their own end. */
function runOf({ state, dispatched_at: from, finished_at: to }: TimedDispatch): number[] {
  return state === "succeeded" || state === "failed" ? between(from, to) : [];
}

function byDay(rows: readonly TimedDispatch[]): Map<string, TimedDispatch[]> {
  const days = new Map<string, TimedDispatch[]>();
  for (const row of rows.toSorted((a, b) => a.created_at - b.created_at)) {
    const day = new Date(row.created_at).toISOString().slice(0, 10);
    const own = days.get(day);
    if (own) own.push(row);
    else days.set(day, [row]);
  }
  return days;
}
