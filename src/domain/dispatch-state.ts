/**
 * The life of a dispatch as one pure function. No clock, no storage: a step goes in, the next state
 * or `null` (the step is not allowed here) comes out. A final state is never left.
 */

export const STATES = [
  "queued",
  "proving",
  "dispatching",
  "unknown",
  "waiting",
  "held",
  "dispatched",
  "running",
  "succeeded",
  "failed",
  "cancelled",
  "skipped",
  "rejected",
  "exhausted",
] as const;
export type State = (typeof STATES)[number];

export const FINAL_STATES = [
  "succeeded",
  "failed",
  "cancelled",
  "skipped",
  "rejected",
  "exhausted",
] as const satisfies readonly State[];
export type FinalState = (typeof FINAL_STATES)[number];

/** True when the state is never left again; only a new generation follows. */
export function isFinal(state: State): state is FinalState {
  return (FINAL_STATES as readonly State[]).includes(state);
}

/**
 * What can happen to a dispatch.
 *
 * `prove` facts are being fetched; `dispatch` the intent is written, the POST may leave now;
 * `accept` GitHub took it; `lose` the answer is lost, the run may exist; `wait` surely not taken,
 * try later; `exhaust` no attempts left; `skip`/`reject` decided against; `start` the run is known
 * to run; `succeed`/`fail`/`cancel` its end, or a maintainer's cancel before it left;
 * `hold`/`release` the kill switch.
 */
export type Step =
  | "prove"
  | "dispatch"
  | "accept"
  | "lose"
  | "wait"
  | "exhaust"
  | "skip"
  | "reject"
  | "start"
  | "succeed"
  | "fail"
  | "cancel"
  | "hold"
  | "release";

const ENDS = { succeed: "succeeded", fail: "failed", cancel: "cancelled" } as const;
const VERDICTS = { skip: "skipped", reject: "rejected" } as const;

/**
 * Every move that exists. `unknown` is left other than by `accept` only after a list of runs has
 * proved that GitHub never took the dispatch: as long as a run may exist, giving up would let a new
 * generation build the same commit twice. Where no list can ever prove it, since runs do not tell whose
 * they are, it is given up with a reason that keeps everybody but a person from a new generation.
 */
const MOVES: Readonly<Record<State, Readonly<Partial<Record<Step, State>>>>> = {
  queued: { prove: "proving", hold: "held", cancel: "cancelled", ...VERDICTS },
  proving: {
    dispatch: "dispatching",
    wait: "waiting",
    exhaust: "exhausted",
    hold: "held",
    cancel: "cancelled",
    ...VERDICTS,
  },
  waiting: {
    prove: "proving",
    dispatch: "dispatching",
    wait: "waiting",
    exhaust: "exhausted",
    hold: "held",
    cancel: "cancelled",
    ...VERDICTS,
  },
  dispatching: {
    accept: "dispatched",
    lose: "unknown",
    wait: "waiting",
    exhaust: "exhausted",
    ...VERDICTS,
  },
  unknown: {
    accept: "dispatched",
    dispatch: "dispatching",
    wait: "waiting",
    exhaust: "exhausted",
    hold: "held",
    ...VERDICTS,
  },
  held: { release: "queued", cancel: "cancelled", ...VERDICTS },
  dispatched: { start: "running", ...ENDS },
  running: { ...ENDS },
  succeeded: {},
  failed: {},
  cancelled: {},
  skipped: {},
  rejected: {},
  exhausted: {},
};

/** The state after a step, or null when this step cannot happen in this state. */
export function transition(state: State, step: Step): State | null {
  return MOVES[state][step] ?? null;
}
