/**
 * From a signed payload to a wake: ids, names as hints, nothing else. Every text that somebody
 * outside could have chosen stays behind here.
 */
import type { EmitterWebhookEventName } from "@octokit/webhooks";
import * as v from "valibot";
import { parseCommand } from "../domain/command.ts";
import { repositoryIdOf } from "../domain/dispatch-id.ts";
import { BUTTON } from "../domain/reporting.ts";
import type { Delivery, Wake } from "../domain/delivery.ts";
import { isCommitSha, isValidRefName } from "../domain/ref-name.ts";
import { CONFIGURATION_PATH } from "../domain/configuration.ts";
import { idsIn } from "../domain/run.ts";

export type ReadPayload =
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "invalid" };

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const envelope = v.object({
  repository: v.object({ id, name: v.string(), owner: v.object({ login: v.string() }) }),
  installation: v.optional(v.nullable(v.object({ id }))),
});
const pullRequestEvent = v.object({
  action: v.string(),
  pull_request: v.object({
    number: id,
    merged: v.optional(v.nullable(v.boolean())),
    merge_commit_sha: v.optional(v.nullable(v.string())),
    base: v.object({ ref: v.string() }),
  }),
});
const fileList = v.optional(v.array(v.string()), []);
const pushEvent = v.object({
  ref: v.string(),
  after: v.string(),
  deleted: v.optional(v.boolean(), false),
  commits: v.optional(
    v.array(v.object({ added: fileList, modified: fileList, removed: fileList })),
    [],
  ),
});
const runEvent = v.object({
  action: v.string(),
  workflow_run: v.object({
    id,
    event: v.string(),
    display_title: v.optional(v.nullable(v.string()), ""),
    name: v.optional(v.nullable(v.string()), ""),
  }),
});
const sender = v.object({ id, login: v.string(), type: v.optional(v.string(), "User") });
const app = v.object({ id, client_id: v.optional(v.nullable(v.string()), null) });
const commentEvent = v.object({
  action: v.string(),
  issue: v.object({ number: id, pull_request: v.optional(v.unknown()) }),
  comment: v.object({
    id,
    body: v.optional(v.nullable(v.string()), ""),
    created_at: v.string(),
    performed_via_github_app: v.optional(v.unknown()),
  }),
  repository: v.object({ private: v.optional(v.boolean(), false) }),
  sender,
});
const checkEvent = v.object({
  action: v.string(),
  check_run: v.object({
    external_id: v.optional(v.nullable(v.string()), null),
    app: v.optional(v.nullable(app), null),
  }),
  requested_action: v.optional(v.nullable(v.object({ identifier: v.string() })), null),
  sender,
});
const suiteEvent = v.object({
  action: v.string(),
  check_suite: v.object({ head_sha: v.string(), app: v.optional(v.nullable(app), null) }),
  sender,
});
const actionEvent = v.object({ action: v.string() });

type ReadWake =
  | Wake
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "invalid" };

type Reader = (payload: unknown) => ReadWake;

const READERS: Readonly<Record<string, Reader>> = {
  pull_request: readPullRequest,
  push: readPush,
  workflow_run: readRun,
  repository: readRepository,
  issue_comment: readComment,
  check_run: readCheck,
  check_suite: readSuite,
} satisfies Partial<Record<EmitterWebhookEventName, Reader>>;

/** True when this event can matter at all; decided by the header, before anything is parsed. */
export function isRelevantEvent(event: string): boolean {
  return Object.hasOwn(READERS, event);
}

const MERGED = '"merged":';

/**
 * True for a pull request closed without a merge in GitHub's own compact spelling, which is told by
 * looking for two words: parsing 25 KB costs more than checking their signature. Any other spelling,
 * and any text that has such a key twice, is left to the parser.
 */
export function isPlainlyUnmerged(text: string): boolean {
  if (!text.startsWith('{"action":"closed","number":') || !text.endsWith("}")) return false;
  const at = text.indexOf(MERGED);
  // No text in a string looks like this: its quotation marks are escaped.
  return at >= 0 && text.startsWith("false,", at + MERGED.length) && !text.includes(MERGED, at + 1);
}

/**
 * True for news of check runs and suites that nobody asked for, in GitHub's own compact spelling: with
 * Checks: write GitHub sends a suite for every push, unasked. What people press begins otherwise.
 */
export function isPlainlyCheckNews(event: string, text: string): boolean {
  if (event !== "check_suite" && event !== "check_run") return false;
  return /^\{"action":"(?:requested|created|completed)","check_/.test(text) && text.endsWith("}");
}

const pingEvent = v.object({
  repository: v.object({ owner: v.object({ id, login: v.string() }) }),
});

/** The owner whom a ping names; null where it names none. */
export function ownerInPing(payload: unknown): { owner: string; ownerId: number } | null {
  const read = v.safeParse(pingEvent, payload);
  if (!read.success) return null;
  const { id: ownerId, login: owner } = read.output.repository.owner;
  return { owner, ownerId };
}

const askingPing = v.object({ asks: v.literal("app") });

/** Whether a ping asks which App the relay is set to: none of GitHub's does. */
export function asksForApp(payload: unknown): boolean {
  return v.is(askingPing, payload);
}

/** Reads the payload of a relevant event. */
export function readPayload(event: string, guid: string, payload: unknown): ReadPayload {
  const wake = READERS[event]?.(payload) ?? ignored("event-not-used");
  if (wake.kind === "ignored" || wake.kind === "invalid") return wake;
  const around = v.safeParse(envelope, payload);
  if (!around.success) return { kind: "invalid" };
  const { repository, installation } = around.output;
  const delivery: Delivery = {
    guid,
    event,
    repository: { id: repository.id, owner: repository.owner.login, name: repository.name },
    installationId: installation?.id ?? null,
    wake,
  };
  return { kind: "delivery", delivery };
}

function readPullRequest(payload: unknown): ReadWake {
  const parsed = v.safeParse(pullRequestEvent, payload);
  if (!parsed.success) return { kind: "invalid" };
  const { action, pull_request: pull } = parsed.output;
  if (action !== "closed") return ignored("action-not-used");
  if (pull.merged !== true) return ignored("not-merged");
  const sha = pull.merge_commit_sha ?? "";
  const usable = isCommitSha(sha) && isValidRefName(pull.base.ref);
  const hint = usable ? { baseBranch: pull.base.ref, sha } : null;
  return { kind: "claim", claim: { kind: "merge", pullRequest: pull.number, hint } };
}

function readPush(payload: unknown): ReadWake {
  const parsed = v.safeParse(pushEvent, payload);
  if (!parsed.success) return { kind: "invalid" };
  const { ref, after, deleted, commits } = parsed.output;
  const [, kind, name] = /^refs\/(tags|heads)\/(.+)$/s.exec(ref) ?? [];
  if (deleted || /^0+$/.test(after)) return ignored("ref-deleted");
  if (name === undefined || !isValidRefName(name)) return ignored("ref-not-usable");
  if (kind === "tags") return { kind: "claim", claim: { kind: "tag", tag: name } };
  if (!isCommitSha(after)) return { kind: "invalid" };
  const touched = commits.flatMap(({ added, modified, removed }) => [
    ...added,
    ...modified,
    ...removed,
  ]);
  return {
    kind: "branch-push",
    claim: { kind: "push", branch: name, sha: after },
    touchesConfiguration: touched.includes(CONFIGURATION_PATH),
  };
}

function readRun(payload: unknown): ReadWake {
  const parsed = v.safeParse(runEvent, payload);
  if (!parsed.success) return { kind: "invalid" };
  const { action, workflow_run: run } = parsed.output;
  if (!["requested", "in_progress", "completed"].includes(action))
    return ignored("action-not-used");
  if (run.event !== "workflow_dispatch") return ignored("run-not-ours");
  const title = `${run.display_title ?? ""} ${run.name ?? ""}`.slice(0, 2_000);
  return { kind: "run", runId: run.id, dispatchIds: [...new Set(idsIn(title))].slice(0, 4) };
}

/**
 * A command in a new comment. What another App wrote in somebody's name is none: its token need not
 * carry the right to start a run.
 */
function readComment(payload: unknown): ReadWake {
  const parsed = v.safeParse(commentEvent, payload);
  if (!parsed.success) return { kind: "invalid" };
  const { action, issue, comment, repository, sender: by } = parsed.output;
  if (action !== "created") return ignored("action-not-used");
  const command = parseCommand(comment.body ?? "");
  if (command === null) return ignored("no-command");
  if (typeof issue.pull_request !== "object" || issue.pull_request === null) {
    return ignored("no-pull-request");
  }
  if (by.type !== "User" || (comment.performed_via_github_app ?? null) !== null) {
    return ignored("no-person");
  }
  const writtenAtMs = Date.parse(comment.created_at);
  if (Number.isNaN(writtenAtMs)) return { kind: "invalid" };
  return {
    kind: "command",
    command: {
      kind: "comment",
      ...command,
      pullRequest: issue.number,
      commentId: comment.id,
      writtenAtMs,
      inPublic: !repository.private,
      sender: { id: by.id, login: by.login },
    },
  };
}

function readCheck(payload: unknown): ReadWake {
  const parsed = v.safeParse(checkEvent, payload);
  if (!parsed.success) return { kind: "invalid" };
  const { action, check_run: check, requested_action: asked, sender: by } = parsed.output;
  const pressed = action === "requested_action" && asked?.identifier === BUTTON;
  if (!pressed && action !== "rerequested") return ignored("action-not-used");
  if (by.type !== "User") return ignored("no-person");
  const dispatchId = check.external_id ?? "";
  if (check.app === null || repositoryIdOf(dispatchId) === null) return ignored("check-not-ours");
  return {
    kind: "command",
    command: {
      kind: "check-run",
      dispatchId,
      app: namesOf(check.app),
      isRerun: !pressed,
      sender: { id: by.id, login: by.login },
    },
  };
}

/** GitHub's "Re-run all checks": whose suite it is, and which commit's. */
function readSuite(payload: unknown): ReadWake {
  const parsed = v.safeParse(suiteEvent, payload);
  if (!parsed.success) return { kind: "invalid" };
  const { action, check_suite: suite, sender: by } = parsed.output;
  if (action !== "rerequested") return ignored("action-not-used");
  if (by.type !== "User") return ignored("no-person");
  const { head_sha: sha, app: owner } = suite;
  if (owner === null || !isCommitSha(sha)) return ignored("check-not-ours");
  const command = { sha, app: namesOf(owner), sender: { id: by.id, login: by.login } };
  return { kind: "suite", command };
}

/** Number and client id of an App. */
function namesOf({ id: number, client_id: clientId }: v.InferOutput<typeof app>): string[] {
  return [String(number), clientId ?? ""].filter((each) => each !== "");
}

function readRepository(payload: unknown): ReadWake {
  const parsed = v.safeParse(actionEvent, payload);
  if (!parsed.success) return { kind: "invalid" };
  const moved = ["renamed", "transferred"].includes(parsed.output.action);
  return moved ? { kind: "moved" } : ignored("action-not-used");
}

function ignored(reason: string): { kind: "ignored"; reason: string } {
  return { kind: "ignored", reason };
}
