/**
 * What the relay knows about the world when it decides: plain data, read from GitHub with the
 * installation's own token and never taken from a payload. A test builds these by hand.
 */
import type { ParsedConfiguration } from "./configuration.ts";

/** Where a repository is right now. Names change; the two numeric ids do not. */
export interface RepositoryFacts {
  readonly id: number;
  readonly ownerId: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly installationId: number;
}

export interface PullRequestFacts {
  readonly number: number;
  readonly merged: boolean;
  readonly mergedAt: string | null;
  /** Login of who merged; shown, never decided on. */
  readonly mergedBy: string | null;
  readonly mergeCommitSha: string | null;
  readonly baseRepositoryId: number;
  readonly baseBranch: string;
  readonly labels: readonly string[];
}

/** How a commit lies to a branch: `behind` and `identical` mean that the branch contains it. */
export type Ancestry = "identical" | "behind" | "ahead" | "diverged" | "absent";

export interface ChangedFiles {
  readonly paths: readonly string[];
  /** False beyond the 3,000 files that GitHub lists: a path filter then counts as matched. */
  readonly complete: boolean;
}

export type WorkflowFacts =
  | { readonly kind: "present"; readonly state: string }
  | { readonly kind: "absent" };

export type ConfigurationFacts = { readonly kind: "absent" } | ParsedConfiguration;

/** A builder repository, or why there is none to speak of. */
export type BuilderFacts =
  | {
      readonly kind: "present";
      readonly repository: RepositoryFacts;
      readonly configuration: ConfigurationFacts;
    }
  | { readonly kind: "absent" };

/** What a dispatch is about, as the relay proved it. */
export type ProvenSubject =
  | {
      readonly kind: "merge";
      readonly pullRequest: number;
      readonly pull: PullRequestFacts | "absent";
      readonly ancestry: Ancestry;
    }
  | {
      readonly kind: "push";
      readonly branch: string;
      readonly sha: string;
      /** The merged pull request that brought this commit, where there is one. */
      readonly pull: PullRequestFacts | null;
      readonly ancestry: Ancestry;
    }
  | {
      readonly kind: "tag";
      readonly tag: string;
      /** The commit that the tag points to, peeled; null when there is no such tag. */
      readonly sha: string | null;
      /** Candidate branches in the order in which they were tried, each with its answer. */
      readonly branches: readonly { readonly branch: string; readonly ancestry: Ancestry }[];
      /** How many were tried in all, and whether that was not every one. */
      readonly search?: { readonly asked: number; readonly isCut: boolean };
    };

export interface Facts {
  readonly repository: RepositoryFacts;
  readonly subject: ProvenSubject;
  readonly configuration: ConfigurationFacts;
  /** Files that the pull request changed; null until a route with `paths` needs them. */
  readonly changedFiles: ChangedFiles | null;
  /** Workflow files by `workflowKey`; holds the default workflow from the start. */
  readonly workflows: ReadonlyMap<string, WorkflowFacts>;
  /** Builder repositories by lower-case full name. */
  readonly builders: ReadonlyMap<string, BuilderFacts>;
}

/** The key of `Facts.workflows`: a workflow file in one repository. */
export function workflowKey(repository: { owner: string; name: string }, file: string): string {
  return `${fullName(repository).toLowerCase()}:${file}`;
}

/** `owner/name`, as GitHub writes it. */
export function fullName(repository: { owner: string; name: string }): string {
  return `${repository.owner}/${repository.name}`;
}

/** True when the branch contains the commit. */
export function isOnBranch(ancestry: Ancestry): boolean {
  return ancestry === "identical" || ancestry === "behind";
}
