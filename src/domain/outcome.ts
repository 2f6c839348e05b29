/**
 * What a call to GitHub can come to. Four classes decide everything that follows: done, surely not
 * done (for good, or for now), and unknown, where the effect may have happened.
 */
import type { RejectReason } from "./reason.ts";

/** Not now: GitHub asked to wait, or could not answer. `notBeforeMs` is GitHub's own word, or null. */
export interface Later {
  readonly kind: "later";
  readonly notBeforeMs: number | null;
  readonly cause: string;
  /** GitHub was not asked: somebody else was told to wait, and it would have been told the same. */
  readonly unasked?: true;
}

/** Not with these rights or these words; another try gives the same. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: RejectReason;
  readonly remedy: string;
  readonly status: number;
}

/** The answer to a question. */
export type Answer<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "absent"; readonly cause: string }
  | Later
  | Refused;

/** The answer to a dispatch. */
export type DispatchAnswer =
  | { readonly kind: "accepted"; readonly runId: number | null; readonly runUrl: string | null }
  | { readonly kind: "unknown"; readonly cause: string }
  | Later
  | Refused;

/** Wraps a value as an answer. */
export function ok<T>(value: T): Answer<T> {
  return { kind: "ok", value };
}

/** Applies a function to the value of an answer and passes everything else through. */
export function mapAnswer<T, U>(answer: Answer<T>, change: (value: T) => U): Answer<U> {
  return answer.kind === "ok" ? ok(change(answer.value)) : answer;
}
