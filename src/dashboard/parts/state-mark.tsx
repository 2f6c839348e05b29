/** A state as a word with a shape; the colour only repeats them. */
import type { State } from "../../domain/dispatch-state.ts";

/** Names of style classes. */
export const LOOKS: Readonly<Record<State, "good" | "fail" | "busy" | "wait" | "off">> = {
  queued: "busy",
  proving: "busy",
  dispatching: "busy",
  dispatched: "busy",
  running: "busy",
  unknown: "wait",
  waiting: "wait",
  held: "wait",
  succeeded: "good",
  failed: "fail",
  rejected: "fail",
  exhausted: "fail",
  cancelled: "off",
  skipped: "off",
};

export function StateMark({ state }: { state: State }) {
  return <span class={`state ${LOOKS[state]}`}>{state}</span>;
}
