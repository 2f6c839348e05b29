/**
 * Why a dispatch did not happen: stable codes that people and programs may rely on.
 * This module only names reasons; deciding on one is `decide.ts` and `refusal.ts`.
 */

export const SKIP_REASONS = ["observe-mode", "no-workflow", "no-route", "not-merged"] as const;
export const REJECT_REASONS = [
  "not-on-branch",
  "merge-not-confirmed",
  "config-invalid",
  "owner-not-allowed",
  "builder-not-accepting",
  "workflow-disabled",
  "workflow-not-found",
  "inputs-refused",
  "permission-missing",
  "blocked-by-actions-policy",
] as const;

export type SkipReason = (typeof SKIP_REASONS)[number];
export type RejectReason = (typeof REJECT_REASONS)[number];
export type Reason = SkipReason | RejectReason;

/** A negative verdict with what to do about it, in words for a maintainer. */
export type Refusal =
  | { readonly verdict: "skipped"; readonly reason: SkipReason; readonly remedy: string }
  | { readonly verdict: "rejected"; readonly reason: RejectReason; readonly remedy: string };

/** Builds a `skipped` verdict. */
export function skip(reason: SkipReason, remedy: string): Refusal {
  return { verdict: "skipped", reason, remedy };
}

/** Builds a `rejected` verdict. */
export function reject(reason: RejectReason, remedy: string): Refusal {
  return { verdict: "rejected", reason, remedy };
}
