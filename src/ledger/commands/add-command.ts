/** Taking a command: synchronous, so that it commits together with its delivery. */
import type { Command } from "../../domain/command.ts";
import type { Receipt } from "../../domain/delivery.ts";
import type { Store } from "../store.ts";

/**
 * GitHub redelivers for three days. Names of commands are kept for longer than this, so that the
 * same comment under another GUID (which no signature covers) is never obeyed twice.
 */
const COMMAND_LIFE_MS = 4 * 86_400_000;
/** What one person may have waiting: nobody's flood keeps others from their turn for long. */
const MAX_OPEN = 5;

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
