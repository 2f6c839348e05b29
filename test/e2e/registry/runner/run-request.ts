/** What a caller of the runner gives it, and what a run at work knows. */
import type { BuildEngine } from "../build-engine.ts";
import type { GhcrFront } from "../ghcr-front.ts";
import type { RegistryTools } from "../registry-tools.ts";
import type { ConcurrencyGroups } from "./concurrency.ts";
import type { Contexts } from "./expressions.ts";
import type { WorkflowNode } from "./workflow-file.ts";

export interface SourceRepository {
  /** A bare repository, or a `.git` folder, on this machine. */
  readonly gitDir: string;
  readonly fullName: string;
  readonly defaultBranch: string;
}

export interface RunRequest {
  /** Path of the workflow file. */
  readonly file: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly repository: SourceRepository;
  /** Repositories besides its own that a checkout can reach. */
  readonly otherRepositories?: readonly SourceRepository[];
  /** Default: the default branch. */
  readonly ref?: string;
  readonly event?: { readonly name: string; readonly payload: Readonly<Record<string, unknown>> };
  /** The most that the token may do, as for a fork's event. Default: whatever a job asks for. */
  readonly token?: { readonly packages: "none" | "read" | "write" };
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly actor?: string;
  readonly runId?: number;
  /** Mints the OIDC token of a job that has `id-token: write`. Default: a text that is no token. */
  readonly idToken?: (audience: string, run: RunIdentity) => Promise<string> | string;
  /** Called between two jobs' steps, so that a test can act in the middle of a run. */
  readonly onStep?: (job: string, step: string) => Promise<void> | void;
}

export interface RunIdentity {
  readonly runId: number;
  readonly repository: string;
  readonly ref: string;
  readonly sha: string;
  readonly actor: string;
  readonly workflow: string;
  readonly eventName: string;
}

/** What all runs of one lab share. */
export interface RunnerWorld {
  readonly tools: RegistryTools;
  readonly engine: BuildEngine;
  readonly registry: GhcrFront;
  readonly groups: ConcurrencyGroups;
  readonly engineQueue: ConcurrencyGroups;
  /** Folder for workspaces; every job gets one of its own below it. */
  readonly folder: string;
}

export type Conclusion = "success" | "failure" | "cancelled" | "skipped";

export interface RunInProgress {
  readonly world: RunnerWorld;
  readonly request: RunRequest;
  readonly identity: RunIdentity;
  readonly workflow: WorkflowNode;
  readonly contexts: Contexts;
  readonly attested: string[];
}
