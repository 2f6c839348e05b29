import { repositoryOf, type RepositoryReference } from "./find.ts";
import { beginRun, finishRun, type RunOutcome } from "./runs.ts";
import type { Emit, Run, WorldState } from "./state.ts";

export interface RunTimings {
  queuedMs: number;
  runningMs: number;
}

/** Plays the runners: takes dispatched runs through their states by itself. */
export interface RunScheduler {
  /** Called for each accepted run, and again for each re-run. */
  schedule(run: Run): void;
  readonly timings: RunTimings;
  /** Outcomes for the next runs of a repository, first come first served; then success. */
  readonly scriptRuns: (reference: RepositoryReference, outcomes: readonly RunOutcome[]) => void;
  /** Called when a run starts; its answer ends the run. */
  readonly onDispatch: (hook: ((run: Run) => Promise<RunOutcome>) | null) => void;
  stop(): void;
  /** Ends when no scheduled run is on its way. */
  idle(): Promise<void>;
}

/** Makes the runners; with `autoRun` false they only wait to be stepped by hand. */
export function createRunScheduler(state: WorldState, emit: Emit, autoRun: boolean): RunScheduler {
  const timings: RunTimings = { queuedMs: 10, runningMs: 30 };
  const scripts = new Map<number, RunOutcome[]>();
  const stopped = new AbortController();
  const busy = new Set<Promise<void>>();
  let hook: ((run: Run) => Promise<RunOutcome>) | null = null;

  const wait = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      stopped.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });

  const outcomeOf = async (run: Run): Promise<RunOutcome> => {
    if (hook !== null) {
      return hook(run);
    }
    await wait(timings.runningMs);
    return scripts.get(run.repositoryId)?.shift() ?? { conclusion: "success" };
  };

  const play = async (run: Run): Promise<void> => {
    await wait(timings.queuedMs);
    const { attempt } = run;
    if (stopped.signal.aborted || run.status === "completed") {
      return;
    }
    beginRun(state, emit, run);
    const outcome = await outcomeOf(run);
    if (!stopped.signal.aborted && run.attempt === attempt) {
      finishRun(state, emit, run, outcome);
    }
  };

  return {
    timings,
    schedule(run) {
      if (autoRun) {
        const playing = play(run).finally(() => busy.delete(playing));
        busy.add(playing);
      }
    },
    scriptRuns(reference, outcomes) {
      scripts.set(repositoryOf(state, reference).id, [...outcomes]);
    },
    onDispatch(next) {
      hook = next;
    },
    stop: () => stopped.abort(),
    async idle() {
      while (busy.size > 0) {
        await Promise.allSettled(busy);
      }
    },
  };
}
