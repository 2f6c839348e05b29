/** Taking a command: synchronous, so that it commits together with its delivery. */
import type { Command, SuiteCommand } from "../../domain/command.ts";
import type { Receipt } from "../../domain/delivery.ts";
import { newestOf } from "../revival.ts";
import type { Store } from "../store.ts";

/**
 * GitHub redelivers for three days. Names of commands are kept for longer than this, so that the
 * same comment under another GUID (which no signature covers) is never obeyed twice.
 */
const COMMAND_LIFE_MS = 4 * 86_400_000;
/** What one person may have waiting: nobody's flood keeps others from their turn for long. */
const MAX_OPEN = 5;
/** A suite's commands come on top: as many as a configuration has routes, for two subjects of a commit. */
const MAX_OF_SUITE = 100;

/** Records a command; or says why it is not recorded. */
export function addCommand(
  store: Store,
  command: Command,
  about: { readonly guid: string; readonly nowMs: number },
): Receipt | null {
  const { guid, nowMs } = about;
  const name = command.kind === "comment" ? `comment-${command.commentId}` : guid;
  if (store.commands.has(name)) return { outcome: "duplicate" };
  if (command.kind === "comment" && nowMs - command.writtenAtMs > COMMAND_LIFE_MS) {
    return { outcome: "ignored", reason: "command-too-old" };
  }
  if (command.kind === "check-run" && store.dispatch(command.dispatchId) === null) {
    return { outcome: "ignored", reason: "check-not-ours" };
  }
  if (store.commands.openOf(command.sender.id) >= MAX_OPEN) {
    return { outcome: "ignored", reason: "too-many-commands" };
  }
  store.commands.add({ name, guid, command, nowMs });
  return null;
}

/**
 * Records one command for each of our check runs on the commit: each is judged, carried out and
 * remembered by itself, like a press of its own "Re-run". Generations of one dispatch have one check
 * run in GitHub's eyes, the newest.
 */
export function addSuite(
  store: Store,
  suite: SuiteCommand,
  about: { readonly guid: string; readonly nowMs: number },
): Receipt | null {
  const { sha, app, sender } = suite;
  const told = store
    .dispatchesOfCommit(sha)
    .filter(({ id }) => store.reports.get(`check:${id}`) !== null);
  if (told.length === 0) return { outcome: "ignored", reason: "check-not-ours" };
  if (store.commands.openOf(sender.id) >= MAX_OPEN) {
    return { outcome: "ignored", reason: "too-many-commands" };
  }
  for (const { id } of newestOf(told).slice(0, MAX_OF_SUITE)) {
    const command = { kind: "check-run", dispatchId: id, app, isRerun: true, sender } as const;
    const name = `${about.guid}/${id}`;
    if (!store.commands.has(name)) store.commands.add({ ...about, name, command });
  }
  return null;
}
