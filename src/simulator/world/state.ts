import type { KeyObject } from "node:crypto";
import type { SeededRandom } from "../random.ts";
import type { Tree } from "./tree.ts";

export type Level = "read" | "write" | "admin";
export type Permissions = Record<string, Level>;
export type Role = "read" | "triage" | "write" | "maintain" | "admin";
export type AccountType = "User" | "Organization" | "Bot";

export interface Account {
  readonly id: number;
  login: string;
  readonly type: AccountType;
}

export interface Commit {
  readonly sha: string;
  /** Repositories of one fork network share their objects, as on GitHub. */
  readonly network: number;
  readonly parents: readonly string[];
  readonly treeSha: string;
  readonly files: Tree;
  /** Counts up; a parent is older than its child. */
  readonly serial: number;
  readonly message: string;
  readonly author: Account;
  readonly time: number;
}

export interface AnnotatedTag {
  readonly sha: string;
  readonly network: number;
  readonly name: string;
  readonly message: string;
  readonly target: string;
  readonly targetType: "commit" | "tag";
  readonly time: number;
}

interface Label {
  readonly id: number;
  readonly name: string;
}

export interface Pull {
  readonly id: number;
  readonly number: number;
  readonly repositoryId: number;
  title: string;
  body: string | null;
  readonly user: Account;
  state: "open" | "closed";
  labels: Label[];
  base: { ref: string; sha: string };
  /** `repositoryId` is null once the fork is gone. */
  head: { ref: string; sha: string; owner: Account | null; repositoryId: number | null };
  readonly mergeBase: string;
  /** The head's own commits, oldest first. */
  readonly commits: readonly string[];
  /** What the merge put on the base branch. */
  landed: readonly string[];
  merged: boolean;
  mergedBy: Account | null;
  mergeCommitSha: string | null;
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  mergedAt: number | null;
}

export type WorkflowState =
  | "active"
  | "deleted"
  | "disabled_fork"
  | "disabled_inactivity"
  | "disabled_manually";

type RunStatus = "queued" | "in_progress" | "completed";
export type Conclusion =
  | "success"
  | "failure"
  | "cancelled"
  | "timed_out"
  | "neutral"
  | "skipped"
  | "action_required"
  | "startup_failure"
  | "stale";

export interface Job {
  readonly id: number;
  readonly name: string;
  readonly attempt: number;
  status: RunStatus;
  conclusion: Conclusion | null;
  readonly createdAt: number;
  startedAt: number | null;
  completedAt: number | null;
  log: string;
}

export interface Run {
  readonly id: number;
  readonly repositoryId: number;
  readonly headRepositoryId: number | null;
  readonly workflowId: number;
  readonly workflowName: string;
  readonly path: string;
  readonly runNumber: number;
  attempt: number;
  readonly event: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly displayTitle: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly actor: Account;
  triggeringActor: Account;
  status: RunStatus;
  conclusion: Conclusion | null;
  readonly createdAt: number;
  startedAt: number;
  updatedAt: number;
  jobs: Job[];
  readonly pullNumbers: readonly number[];
}

export interface Comment {
  readonly id: number;
  readonly repositoryId: number;
  readonly issue: number;
  readonly user: Account;
  /** Set when an App wrote it. */
  readonly byApp: boolean;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
  reactions: { id: number; user: Account; content: string; createdAt: number }[];
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CheckRun {
  readonly id: number;
  readonly repositoryId: number;
  readonly headSha: string;
  name: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: Conclusion | null;
  externalId: string;
  detailsUrl: string | null;
  startedAt: number | null;
  completedAt: number | null;
  output: { title: string | null; summary: string | null; text: string | null };
  actions: CheckAction[];
}

export interface Repository {
  readonly id: number;
  readonly network: number;
  owner: Account;
  name: string;
  private: boolean;
  archived: boolean;
  readonly parentId: number | null;
  defaultBranch: string;
  readonly branches: Map<string, string>;
  readonly protectedBranches: Set<string>;
  /** Name to the object that the ref points at: a commit, or an annotated tag. */
  readonly tags: Map<string, string>;
  readonly pulls: Map<number, Pull>;
  nextNumber: number;
  readonly workflowIds: Map<string, number>;
  readonly workflowStates: Map<string, WorkflowState>;
  readonly runCounters: Map<number, number>;
  readonly roles: Map<string, Role>;
  actionsEnabled: boolean;
  readonly createdAt: number;
  updatedAt: number;
  pushedAt: number;
}

export interface Installation {
  readonly id: number;
  readonly account: Account;
  permissions: Permissions;
  events: string[];
  suspendedAt: number | null;
  /** Null: every repository of the account. */
  repositoryIds: Set<number> | null;
  readonly createdAt: number;
  updatedAt: number;
}

export interface AppKeys {
  readonly privateKeyPkcs1: string;
  readonly privateKeyPkcs8: string;
}

interface App extends AppKeys {
  readonly id: number;
  readonly slug: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly owner: Account;
  webhookSecret: string;
  permissions: Permissions;
  events: string[];
  readonly createdAt: number;
}

export interface WorldState {
  readonly random: SeededRandom;
  readonly now: () => number;
  readonly url: () => string;
  readonly app: App;
  /** Public halves of the App's keys that GitHub accepts now. */
  readonly appKeys: KeyObject[];
  readonly accounts: Map<string, Account>;
  readonly repositories: Map<number, Repository>;
  /** Lower-case `owner/name` to repository id. */
  readonly names: Map<string, number>;
  readonly redirects: Map<string, number>;
  readonly commits: Map<string, Commit>;
  readonly annotatedTags: Map<string, AnnotatedTag>;
  readonly installations: Map<number, Installation>;
  readonly runs: Map<number, Run>;
  readonly comments: Map<number, Comment>;
  readonly checkRuns: Map<number, CheckRun>;
  readonly nextId: (kind: string) => number;
}

/** What happened in the world, for those who tell others: a webhook event with its payload. */
export interface WorldEvent {
  readonly name: string;
  readonly action: string | null;
  readonly repositoryId: number | null;
  readonly installationId: number | null;
  readonly payload: Record<string, unknown>;
}

export type Emit = (event: WorldEvent) => void;
