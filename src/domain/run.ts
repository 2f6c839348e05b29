/**
 * A workflow run as GitHub reports it, and what it means for the dispatch that started it.
 */
import type { Step } from "./dispatch-state.ts";

export interface RunFacts {
  readonly id: number;
  readonly url: string;
  readonly event: string;
  readonly displayTitle: string;
  /** GitHub's `status`: queued, in_progress, completed, waiting, requested, pending. */
  readonly status: string;
  readonly conclusion: string | null;
  readonly attempt: number;
  /** Started by a person's account: surely none of the App's. */
  readonly byPerson: boolean;
}

/** The step that a run's present state asks for, with a reason where it did not succeed. */
export function stepOfRun(run: RunFacts): { step: Step | null; reason: string | null } {
  if (run.status !== "completed") {
    return { step: run.status === "in_progress" ? "start" : null, reason: null };
  }
  switch (run.conclusion) {
    case "success":
      return { step: "succeed", reason: null };
    case "cancelled":
      return { step: "cancel", reason: "run-cancelled" };
    default:
      return {
        step: "fail",
        reason: `run-${(run.conclusion ?? "without-conclusion").replaceAll("_", "-")}`,
      };
  }
}

/**
 * The run that carries a dispatch id in its title (`run-name`), as a whole word: an id that is the
 * beginning of another one must not match.
 */
export function findRun(runs: readonly RunFacts[], dispatchId: string): RunFacts | null {
  return runs.find((run) => idsIn(run.displayTitle).includes(dispatchId)) ?? null;
}

/** The dispatch ids of this relay that a run's title holds. */
export function idsIn(title: string): string[] {
  return title.match(/(?<![A-Za-z0-9_-])mr-[0-9a-z]{1,16}-[0-9a-z]{26}(?![A-Za-z0-9_-])/g) ?? [];
}

/** True for a run whose title names no dispatch, and that no person started: it may be any dispatch's. */
export function mayBeAnyones({ displayTitle, byPerson }: RunFacts): boolean {
  return !byPerson && idsIn(displayTitle).length === 0;
}
