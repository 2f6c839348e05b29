/** What a check of the set-up says, in a shape that a person and a program can both act on. */

export type CheckStatus = "ok" | "warning" | "failed" | "skipped" | "unknown";

/** One check's verdict; what is not `ok` has a reason, and a remedy wherever somebody can act. */
export interface Verdict {
  readonly status: CheckStatus;
  /** What was seen, in one sentence. */
  readonly finding: string;
  /** Why that matters, or why it could not be told. */
  readonly reason: string | null;
  /** What to do, ready to be done. */
  readonly remedy: string | null;
  readonly link: string | null;
}

export interface CheckResult extends Verdict {
  readonly check: string;
}

interface Problem {
  readonly finding: string;
  readonly reason: string;
  readonly remedy: string;
  readonly link?: string | undefined;
}

/** All is well. */
export function ok(finding: string): Verdict {
  return { status: "ok", finding, reason: null, remedy: null, link: null };
}

/** Publishing does not work, or not safely, until this is mended. */
export function failed(problem: Problem): Verdict {
  return { ...problem, status: "failed", link: problem.link ?? null };
}

/** It works, and something about it will hurt. */
export function warning(problem: Problem): Verdict {
  return { ...problem, status: "warning", link: problem.link ?? null };
}

/** Not looked at, since something it needs is missing; `remedy` says what to give. */
export function skipped(finding: string, remedy: string | null = null): Verdict {
  return { status: "skipped", finding, reason: null, remedy, link: null };
}

/** How a finding begins that is the same for many checks: what each of them needs is not there. */
export const NOT_LOOKED_AT = "Not looked at: ";

/** Looked at, without an answer that proves anything. */
export function unknown(problem: Omit<Problem, "remedy"> & { remedy?: string }): Verdict {
  return {
    ...problem,
    status: "unknown",
    remedy: problem.remedy ?? null,
    link: problem.link ?? null,
  };
}
