/** What a diagnosis is. The words are a contract: codes are stable, sentences may change. */

export const CAUSES = [
  "token-read-only-fork",
  "token-read-only-dependabot",
  "secrets-withheld",
  "cache-export-denied",
  "missing-packages-write",
  "caller-permissions",
  "package-access",
  "package-creation-denied",
  "wrong-namespace",
  "invalid-image-name",
  "credential-invalid",
  "credential-scope",
  "not-logged-in",
  "rate-limited",
  "registry-unavailable",
  "immutable-tag",
  "disk-full",
  "billing",
  "policy-blocked",
  "unknown",
] as const;

export type Cause = (typeof CAUSES)[number];

/** `certain` excludes every other cause, `likely` leaves one, `unknown` leaves more. */
export type Confidence = "certain" | "likely" | "unknown";

/** One quotation; `line` counts from 1 in the file given, null quotes the run object. */
export interface Quote {
  line: number | null;
  text: string;
}

export interface Diagnosis {
  cause: Cause;
  confidence: Confidence;
  evidence: Quote[];
  explanation: string;
  remedy: string;
  retryable: boolean;
}

/** Only these two go away by themselves; re-running anything else repeats the failure. */
export function isRetryable(cause: Cause): boolean {
  return cause === "rate-limited" || cause === "registry-unavailable";
}
