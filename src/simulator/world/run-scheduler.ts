import { repositoryOf, type RepositoryReference } from "./find.ts";
import { beginRun, finishRun, type RunOutcome } from "./runs.ts";
import type { Emit, Run, WorldState } from "./state.ts";

interface RunTimings {
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

type Hook = (run: Run) => Promise<RunOutcome>;

/** What a hook that throws leaves behind: a failed run that says why. */
function brokenHook(error: unknown): RunOutcome {
  return { conclusion: "failure", logs: `the test's runner threw: ${String(error)}\n` };
}

/** Waits that end early when the simulator stops. */
function createWait(stopped: AbortSignal): (milliseconds: number) => Promise<void> {
  return (milliseconds) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      stopped.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
}

/** Makes the runners; with `autoRun` false they only wait to be stepped by hand. */
export function createRunScheduler(state: WorldState, emit: Emit, autoRun: boolean): RunScheduler {
  const timings: RunTimings = { queuedMs: 10, runningMs: 30 };
  const scripts = new Map<number, RunOutcome[]>();
  const stopping = new AbortController();
  const wait = createWait(stopping.signal);
  const busy = new Set<Promise<void>>();
  let hook: Hook | null = null;

  const outcomeOf = async (run: Run): Promise<RunOutcome> => {
    if (hook !== null) {
      return hook(run).catch(brokenHook);
    }
    await wait(timings.runningMs);
    return scripts.get(run.repositoryId)?.shift() ?? { conclusion: "success" };
  };

  const play = async (run: Run): Promise<void> => {
    const { attempt } = run;
    await wait(timings.queuedMs);
    if (stopping.signal.aborted || run.status === "completed") {
      return;
    }
    beginRun(state, emit, run);
    const outcome = await outcomeOf(run);
    if (!stopping.signal.aborted && run.attempt === attempt) {
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
    scriptRuns: (reference, outcomes) =>
      void scripts.set(repositoryOf(state, reference).id, [...outcomes]),
    onDispatch: (next) => {
      hook = next;
    },
    stop: () => stopping.abort(),
    async idle() {
      while (busy.size > 0) {
        await Promise.allSettled(busy);
      }
    },
  };
}
