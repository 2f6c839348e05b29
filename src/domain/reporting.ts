/**
 * What the ledger needs from GitHub to answer people and to tell them. Nothing here is worth a
 * dispatch: every call may fail, and is then tried later or left alone.
 */
import type { Answer } from "./outcome.ts";
import type { PermissionFacts } from "./permission.ts";
import type { RepositoryRef } from "./ports.ts";

/** The answer to a write. `unknown`: GitHub may have done it. */
export type WriteAnswer<T> = Answer<T> | { readonly kind: "unknown"; readonly cause: string };

export type Reaction = "eyes" | "confused" | "-1";

export interface CheckOutput {
  readonly title: string;
  readonly summary: string;
}

export interface CheckContent {
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion: "success" | "failure" | "cancelled" | "action_required" | "neutral" | null;
  readonly output: CheckOutput;
  readonly detailsUrl: string | null;
}

/** The check run of one dispatch; the dispatch id is its `external_id`. */
export interface CheckSubject {
  readonly dispatchId: string;
  readonly sha: string;
  readonly name: string;
}

export interface Reporting {
  /** What a login may do in the repository; `absent` where GitHub knows no such person. */
  permissionOf(repository: RepositoryRef, login: string): Promise<Answer<PermissionFacts>>;
  /** Puts a reaction under a comment; the same one twice counts once. */
  react(
    repository: RepositoryRef,
    commentId: number,
    reaction: Reaction,
  ): Promise<WriteAnswer<null>>;
  createCheck(
    repository: RepositoryRef,
    subject: CheckSubject,
    content: CheckContent,
  ): Promise<WriteAnswer<number>>;
  updateCheck(
    repository: RepositoryRef,
    checkId: number,
    content: CheckContent,
  ): Promise<WriteAnswer<number>>;
  /** Our own check run of that dispatch, or null. */
  findCheck(repository: RepositoryRef, subject: CheckSubject): Promise<Answer<number | null>>;
  createComment(
    repository: RepositoryRef,
    pullRequest: number,
    body: string,
  ): Promise<WriteAnswer<number>>;
  /** `absent` when the comment was deleted. */
  updateComment(
    repository: RepositoryRef,
    commentId: number,
    body: string,
  ): Promise<WriteAnswer<number>>;
  /** Our own comment with the marker, changed since that moment, or null. */
  findComment(
    repository: RepositoryRef,
    pullRequest: number,
    sinceMs: number,
  ): Promise<Answer<number | null>>;
}

/** Begins every comment of ours. */
export const COMMENT_MARKER = "<!-- merge-relay -->";

/** The identifier of a check run's button. */
export const BUTTON = "publish-again";
