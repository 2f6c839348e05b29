/**
 * What a maintainer asks the relay for, and what comes of it. An order takes the same way through
 * proof and policy as a merge does; it only names its subject by hand and may repeat what is over.
 */
import type { DispatchView } from "./dispatch-view.ts";
import type { Reason } from "./reason.ts";
import type { Claim } from "./subject.ts";
import type { TraceStep } from "./trace.ts";

/** Who asks, as GitHub vouches for it: the id decides, the login is shown. */
export interface Actor {
  readonly id: number;
  readonly login: string;
}

/** The repository as the caller's own token sees it; the ledger asks GitHub again by the id. */
export interface NamedRepository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

export type OrderSubject =
  | { readonly kind: "pull"; readonly pullRequest: number }
  | { readonly kind: "commit"; readonly sha: string; readonly branch: string }
  | { readonly kind: "tag"; readonly tag: string };

/** Makes a repeated request answer as the first one did; `digest` tells another body under the same key. */
export interface IdempotencyKey {
  readonly key: string;
  readonly digest: string;
}

export interface Order {
  readonly subject: OrderSubject;
  /** Only this route; null: every route that takes the commit. */
  readonly route: string | null;
  /** Why, in the maintainer's words: kept in the history, sent nowhere. */
  readonly reason: string | null;
  /** The commit that the caller has in mind; another one is an error and not a surprise. */
  readonly expectedSha: string | null;
  readonly dryRun: boolean;
  readonly actor: Actor;
  readonly via: WayByHand;
  readonly idempotency: IdempotencyKey | null;
}

/** What one route makes of the commit. */
export interface RouteOutcome {
  readonly route: string;
  readonly verdict: "dispatch" | "skipped" | "rejected";
  readonly reason: Reason | null;
  readonly remedy: string | null;
  /** `owner/name` of the repository that holds the workflow. */
  readonly builder: string;
  readonly workflow: string;
  readonly ref: string;
  readonly image: string | null;
}

/** The policy's answer about a subject, with every rule that was tried. */
export interface Plan {
  readonly pull_request: number | null;
  readonly tag: string | null;
  readonly sha: string | null;
  readonly branch: string | null;
  /** `dispatch` when at least one route would be dispatched. */
  readonly verdict: "dispatch" | "skipped" | "rejected";
  readonly reason: Reason | null;
  readonly remedy: string | null;
  readonly routes: readonly RouteOutcome[];
  readonly trace: readonly TraceStep[];
}

/** A plan, and what has been done about the same subject so far, newest first. */
export interface Explanation extends Plan {
  readonly dispatches: readonly DispatchView[];
}

/** GitHub could not be asked; nothing has changed. */
export interface NotNow {
  readonly kind: "later";
  readonly cause: string;
}

export type OrderAnswer =
  | { readonly kind: "taken"; readonly dispatches: readonly DispatchView[] }
  | { readonly kind: "planned"; readonly plan: Plan }
  | { readonly kind: "denied"; readonly plan: Plan }
  /** The commit is not the expected one. */
  | { readonly kind: "moved"; readonly sha: string | null }
  | { readonly kind: "key-reused" }
  | { readonly kind: "absent" }
  | NotNow;

export type ExplainAnswer =
  | { readonly kind: "explained"; readonly explanation: Explanation }
  | { readonly kind: "absent" }
  | NotNow;

export type CancelAnswer =
  | { readonly kind: "cancelled"; readonly dispatch: DispatchView }
  /** GitHub was asked to cancel the run; the dispatch ends when the run does. */
  | { readonly kind: "cancelling"; readonly dispatch: DispatchView }
  /** Over already, or at a moment at which nobody knows whether a run exists. */
  | { readonly kind: "not-now"; readonly dispatch: DispatchView }
  | { readonly kind: "absent" }
  | NotNow;

/** Which finished dispatches to repeat. */
export interface ReplayFilter {
  readonly states: readonly ("exhausted" | "failed" | "cancelled" | "rejected" | "skipped")[];
  readonly pullRequest: number | null;
  readonly route: string | null;
  /** Milliseconds; by the time at which the dispatch was made. */
  readonly since: number | null;
  readonly until: number | null;
  readonly limit: number;
  /** Of those, only these ids: what somebody was shown before they agreed. Null: all. */
  readonly only: readonly string[] | null;
}

export interface ReplayOrder {
  readonly actor: Actor;
  readonly reason: string | null;
  readonly via: WayByHand;
  readonly dryRun: boolean;
  readonly idempotency: IdempotencyKey | null;
}

/** The kill switch of a repository. */
export interface RepositoryStatus {
  readonly repository: string;
  readonly paused: boolean;
  readonly paused_by: string | null;
  readonly paused_at: string | null;
  readonly paused_reason: string | null;
  /** Dispatches that wait for the repository to be resumed. */
  readonly held: number;
}

/** The ways to ask by hand; each is the `event` of the dispatches that it leads to. */
export const WAYS_BY_HAND = ["api", "dashboard", "comment", "check-run"] as const;
export type WayByHand = (typeof WAYS_BY_HAND)[number];

/** True for a dispatch that a person asked for. */
export function isByHand(event: string): boolean {
  return (WAYS_BY_HAND as readonly string[]).includes(event);
}

/** The claim that an order makes. */
export function claimOf(subject: OrderSubject): Claim {
  switch (subject.kind) {
    case "pull":
      return { kind: "merge", pullRequest: subject.pullRequest, hint: null };
    case "commit":
      return { kind: "push", branch: subject.branch, sha: subject.sha };
    case "tag":
      return { kind: "tag", tag: subject.tag };
  }
}
