/** An alarm has made all the requests that it may: whatever is left is asked in the next one. */
import type { Later } from "./outcome.ts";

export const ALARM_FULL = "alarm-full";

/** Thrown in place of a request; nothing has left. */
export class AlarmFull extends Error {
  override readonly name = "AlarmFull";
}

/** The answer to a question, or to a dispatch, that was kept back. */
export const NEXT_ALARM: Later = {
  kind: "later",
  notBeforeMs: null,
  cause: ALARM_FULL,
  unasked: true,
};
