/**
 * What the ledger needs from GitHub, in the ledger's own words. `github/` implements it over HTTP;
 * tests implement it with plain data. No call throws for anything that GitHub or the network does.
 */
import type { Ancestry, PullRequestFacts, RepositoryFacts, WorkflowFacts } from "./facts.ts";
import type { Answer, DispatchAnswer } from "./outcome.ts";
import type { Reporting } from "./reporting.ts";
import type { RunFacts } from "./run.ts";

/** How to find a repository: by id where it is known, by name as the last one heard. */
export interface RepositoryHint {
  readonly id: number | null;
  readonly owner: string;
  readonly name: string;
  readonly installationId: number | null;
}

/** A repository to speak to: the id narrows the token, the names make the path. */
export interface RepositoryRef {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly installationId: number;
}

/** What a diagnosis is made from. */
export interface FailedRun {
  readonly log: string;
  readonly run: unknown;
}

/** A pull request in a list of merged ones. */
export interface MergedPull {
  readonly number: number;
  readonly mergedAtMs: number;
  readonly baseRepositoryId: number;
}

export interface MergedPulls {
  readonly pulls: readonly MergedPull[];
  /** The oldest update on the page. */
  readonly updatedAtMs: number;
  /** False on the last page. */
  readonly more: boolean;
}

export interface FilesPage {
  readonly paths: readonly string[];
  /** False on the last page. */
  readonly more: boolean;
}

/** A branch and the commit that it points to. */
export interface BranchHead {
  readonly name: string;
  readonly sha: string;
}

export interface DispatchRequest {
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** Why a run failed, as the diagnosis rules see it. */
export interface Diagnosis {
  readonly cause: string;
  readonly confidence: "certain" | "likely" | "unknown";
  readonly evidence: readonly { readonly line: number | null; readonly text: string }[];
  readonly explanation: string;
  readonly remedy: string;
  /** True when the same run is likely to succeed if it is run again. */
  readonly retryable: boolean;
}

export interface GitHub extends Reporting {
  /** The repository of that id as it is named today; `absent` when the App cannot see it. */
  locate(hint: RepositoryHint): Promise<Answer<RepositoryFacts>>;
  /** When the App was installed, in milliseconds. */
  installedAt(installationId: number): Promise<Answer<number>>;
  /** A page, from 1, of merged pull requests, the last updated first. */
  mergedPulls(repository: RepositoryRef, page: number): Promise<Answer<MergedPulls>>;
  pullRequest(repository: RepositoryRef, number: number): Promise<Answer<PullRequestFacts>>;
  /** How `sha` lies to `branch`; an unknown branch or commit is `absent` in the value. */
  ancestry(repository: RepositoryRef, branch: string, sha: string): Promise<Answer<Ancestry>>;
  /** The text of a file on the default branch. */
  file(repository: RepositoryRef, path: string): Promise<Answer<string>>;
  /** Whether the folders above show that file of the default branch; `absent` when none is to be had. */
  isListed(repository: RepositoryRef, path: string): Promise<Answer<boolean>>;
  /** A page, from 1, of what a pull request changed; GitHub lists at most thirty. */
  changedFiles(repository: RepositoryRef, number: number, page: number): Promise<Answer<FilesPage>>;
  workflow(repository: RepositoryRef, file: string): Promise<Answer<WorkflowFacts>>;
  /** The commit that a tag points to, peeled. */
  tagCommit(repository: RepositoryRef, tag: string): Promise<Answer<string>>;
  /** Every branch whose name begins with `prefix`. */
  branches(repository: RepositoryRef, prefix: string): Promise<Answer<readonly BranchHead[]>>;
  /** The merged pull request whose merge made this very commit. */
  mergedPullOf(repository: RepositoryRef, sha: string): Promise<Answer<number | null>>;
  /** A dispatch will follow soon: what it needs may be got ready now. Never fails. */
  prepareDispatch(repository: RepositoryRef): Promise<void>;
  dispatch(repository: RepositoryRef, request: DispatchRequest): Promise<DispatchAnswer>;
  run(repository: RepositoryRef, runId: number): Promise<Answer<RunFacts>>;
  /** Log of the first failed job, cut in the middle where it is long, with the run's own object. */
  failure(repository: RepositoryRef, runId: number): Promise<Answer<FailedRun>>;
  /** Asks for a run to be cancelled; `absent` when it is over. */
  cancelRun(repository: RepositoryRef, runId: number): Promise<Answer<null>>;
  /** Runs the failed jobs of a run again. */
  rerunFailedJobs(repository: RepositoryRef, runId: number): Promise<Answer<null>>;
  /** Every `workflow_dispatch` run of a workflow created since that moment, newest first. */
  runsSince(
    repository: RepositoryRef,
    workflow: string,
    sinceMs: number,
  ): Promise<Answer<readonly RunFacts[]>>;
}
