/**
 * Carries out one command: asks GitHub what the person may do, takes the same way as an order of the
 * API, and answers under the comment. What was decided is durable before the answer leaves, and the
 * order bears the command's name, so that a crash anywhere leads to one order and one reaction.
 */
import type { Command, CommentCommand } from "../../domain/command.ts";
import type { Order, OrderAnswer } from "../../domain/order.ts";
import { judgePermission, type PermissionVerdict } from "../../domain/permission.ts";
import type { RepositoryRef } from "../../domain/ports.ts";
import type { Reaction } from "../../domain/reporting.ts";
import { backoffMs } from "../../domain/retry.ts";
import { explain } from "../explain.ts";
import { type Desk, takeOrder } from "../order.ts";
import { replay } from "../replay.ts";
import { explanationNote, plainNote } from "../reports/comment-body.ts";
import { isSwitchedOff, switchOff } from "../reports/switched-off.ts";
import { noteAstray } from "../reports/whereabouts.ts";
import { LEASE_MS } from "../../config.ts";
import type { ReadableCommand } from "./command-store.ts";

/** Orders are remembered for a day; a command that could not be carried out by then is dropped. */
const GIVE_UP_MS = 12 * 3_600_000;

/** Takes a command a step further. */
export async function answerCommand(
  desk: Desk,
  repository: RepositoryRef,
  row: ReadableCommand,
): Promise<void> {
  const { store, clock } = desk;
  if (clock.now() - row.receivedAt > GIVE_UP_MS) return store.commands.finish(row.name);
  // A process that dies is followed by another try then; a living one takes one round at a time.
  store.commands.putOff(row.name, clock.now() + LEASE_MS, row.attempts + 1);
  const answer = row.answer ?? (await decide(desk, repository, row));
  if (answer === "later") return later(desk, row, null);
  if (answer === null) return store.commands.finish(row.name);
  await react(desk, repository, row, answer);
}

/** The reaction that the command deserves; null for silence. */
async function decide(
  desk: Desk,
  repository: RepositoryRef,
  row: ReadableCommand,
): Promise<Reaction | "later" | null> {
  const { command } = row;
  if (command.kind === "check-run" && !command.app.includes(desk.settings.appId)) return null;
  const verdict = await permissionOf(desk, repository, row);
  if (verdict === "later") return "later";
  const fields = { command: row.name, delivery_id: row.guid, actor_id: command.sender.id };
  desk.log.info("command.judged", { ...fields, verdict });
  if (command.kind === "check-run" && command.isRerun) tellAgain(desk, command.dispatchId);
  const reaction = verdict === "granted" ? await carryOut(desk, row) : denial(verdict, command);
  if (reaction !== null && reaction !== "later") desk.store.commands.decide(row.name, reaction);
  return reaction;
}

/**
 * Anybody may comment in public: whoever cannot write there gets no answer at all, or every such
 * comment would cost a write out of what GitHub grants the relay for reports.
 */
function denial(verdict: PermissionVerdict, command: Command): Reaction | null {
  if (command.kind === "check-run") return null;
  return verdict === "cannot-write" && command.inPublic ? null : "-1";
}

async function permissionOf(
  desk: Desk,
  repository: RepositoryRef,
  { command }: ReadableCommand,
): Promise<PermissionVerdict | "later"> {
  const { sender } = command;
  const answer = await desk.github.permissionOf(repository, sender.login);
  switch (answer.kind) {
    case "ok":
      return judgePermission(answer.value, sender, desk.settings.maintainerRole);
    case "absent":
      noteAstray(desk, answer.cause);
      return desk.store.meta("reports_lost") === null ? "cannot-write" : "later";
    case "refused":
    case "later":
      return "later";
  }
}

async function carryOut(desk: Desk, row: ReadableCommand): Promise<Reaction | "later"> {
  const { command } = row;
  if (command.kind === "comment" && command.verb === "explain") return explainHere(desk, command);
  const answer = await order(desk, row);
  if (answer.kind === "later") return "later";
  const pullRequest =
    command.kind === "comment"
      ? command.pullRequest
      : (desk.store.dispatch(command.dispatchId)?.pullRequest ?? null);
  if (pullRequest !== null) say(desk, pullRequest, noteOf(answer));
  return answer.kind === "taken" ? "eyes" : "confused";
}

function order(desk: Desk, { name, command }: ReadableCommand): Promise<OrderAnswer> {
  const idempotency = { key: `command:${name}`, digest: name };
  const plain = { actor: command.sender, reason: null, dryRun: false, idempotency } as const;
  if (command.kind === "check-run") {
    return replay(desk, command.dispatchId, { ...plain, via: "check-run" });
  }
  const { pullRequest, route } = command;
  const subject = { kind: "pull", pullRequest } as const;
  const asked: Order = { ...plain, subject, route, expectedSha: null, via: "comment" };
  return takeOrder(desk, asked);
}

async function explainHere(
  desk: Desk,
  { pullRequest }: CommentCommand,
): Promise<Reaction | "later"> {
  const answer = await explain(desk, pullRequest);
  if (answer.kind === "later") return "later";
  if (answer.kind === "absent") return "confused";
  say(desk, pullRequest, explanationNote(answer.explanation));
  return "eyes";
}

function noteOf(answer: OrderAnswer): string | null {
  switch (answer.kind) {
    case "denied":
    case "planned":
      return explanationNote(answer.plan);
    case "moved":
      return plainNote(
        "Another commit is the pull request's merge by now; nothing was dispatched.",
      );
    case "absent":
    case "key-reused":
    case "later":
    case "taken":
      return null;
  }
}

/** Says once more what the check run said, which takes it out of GitHub's "queued". */
function tellAgain({ store, clock, settings }: Desk, dispatchId: string): void {
  const subject = `check:${dispatchId}`;
  if (!settings.reports.checks || store.reports.get(subject) === null) return;
  const nowMs = clock.now();
  store.reports.forget(subject);
  store.reports.expect(subject, { kind: "check", dueAt: nowMs, nowMs });
}

/** Brings the comment up to date, and back where somebody deleted it. */
function say(desk: Desk, pullRequest: number, note: string | null): void {
  const { store, clock, settings } = desk;
  if (!settings.reports.comments || isSwitchedOff(desk, "comment")) return;
  const nowMs = clock.now();
  const about = { kind: "comment", dueAt: nowMs, nowMs, insist: true, note } as const;
  store.reports.expect(`comment:${pullRequest}`, about);
}

async function react(
  desk: Desk,
  repository: RepositoryRef,
  row: ReadableCommand,
  reaction: Reaction,
): Promise<void> {
  const { store, settings } = desk;
  const { command } = row;
  const silent = !settings.reports.comments || isSwitchedOff(desk, "comment");
  if (command.kind === "check-run" || silent) return store.commands.finish(row.name);
  const answer = await desk.github.react(repository, command.commentId, reaction);
  switch (answer.kind) {
    case "later":
    case "unknown":
      // The same reaction twice counts once.
      return later(desk, row, answer.kind === "later" ? answer.notBeforeMs : null);
    case "refused":
      switchOff(desk, "comment");
      return store.commands.finish(row.name);
    case "ok":
    case "absent":
      return store.commands.finish(row.name);
  }
}

function later(
  { store, clock, settings }: Desk,
  row: ReadableCommand,
  notBeforeMs: number | null,
): void {
  const own = clock.now() + backoffMs(settings.retryBaseMs, row.attempts, clock.draw());
  store.commands.putOff(row.name, Math.max(own, notBeforeMs ?? 0), row.attempts + 1);
}
