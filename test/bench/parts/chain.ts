/** How many round trips lie one behind the other on the way to a dispatch. */
import type { SeenCall } from "../stand-in/process.ts";

/** The longest chain of calls, each begun after the one before was answered, that the last dispatch waited for. */
export function roundTripsBefore(calls: readonly SeenCall[]): readonly string[] {
  const dispatch = calls.findLast(({ name }) => name === "dispatch");
  if (dispatch === undefined) throw new Error("no dispatch among the calls");
  return chainBefore(dispatch.startedAtMs, calls);
}

function chainBefore(startedAtMs: number, calls: readonly SeenCall[]): readonly string[] {
  const ended = calls.filter(({ endedAtMs }) => endedAtMs <= startedAtMs);
  const last = ended.toSorted((one, other) => other.endedAtMs - one.endedAtMs)[0];
  return last === undefined ? [] : [...chainBefore(last.startedAtMs, ended), last.name];
}
