/**
 * What an event claims has happened. A claim only wakes the relay; proving is `ledger/prove.ts`.
 */

export type Claim =
  | { readonly kind: "merge"; readonly pullRequest: number; readonly hint: MergeHint | null }
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "push"; readonly branch: string; readonly sha: string };

/**
 * What the payload says about the merge. Used only to ask GitHub several questions at once instead
 * of one after another; an answer to a question that the hint got wrong is thrown away.
 */
export interface MergeHint {
  readonly baseBranch: string;
  readonly sha: string;
}

/** The name under which events about one thing meet before anything is proved. */
export function claimKey(claim: Claim): string {
  switch (claim.kind) {
    case "merge":
      return `pull:${claim.pullRequest}`;
    case "tag":
      return `tag:${claim.tag}`;
    case "push":
      return `push:${claim.sha}:${claim.branch}`;
  }
}

/** The subject part of a dispatch key: `commit`, or `tag:NAME`. */
export function subjectOf(claim: Claim): string {
  return claim.kind === "tag" ? `tag:${claim.tag}` : "commit";
}

/** Everything before the generation in the key of a dispatch with a route. */
export function dispatchKey(route: string, sha: string, subject: string): string {
  return `${route}/${sha}/${subject}`;
}

/** The key of a record that no route has taken: the decision about a claim. */
export function decisionKey(claim: Claim): string {
  return `?/${claimKey(claim)}`;
}
