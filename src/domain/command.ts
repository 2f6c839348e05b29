/** What people ask for in a comment or by a check run's button: ids and a route's name, no other text. */
import { routeNameFormat } from "./input-formats.ts";
import { hasFormat } from "./text-format.ts";

/** Who asks. The payload's word: GitHub is asked for the permission, and for the id again. */
export interface Sender {
  readonly id: number;
  readonly login: string;
}

export interface CommentCommand {
  readonly kind: "comment";
  readonly verb: "publish" | "explain";
  /** Null: every route that takes the commit. */
  readonly route: string | null;
  readonly pullRequest: number;
  readonly commentId: number;
  /** When the comment was written, in milliseconds. */
  readonly writtenAtMs: number;
  /** Anybody may write there. */
  readonly inPublic: boolean;
  readonly sender: Sender;
}

export interface ButtonCommand {
  readonly kind: "check-run";
  /** From the check run's `external_id`; counts only where the ledger knows it. */
  readonly dispatchId: string;
  /** Number and client id of the App that owns the check run. */
  readonly app: readonly string[];
  /** GitHub's own "Re-run": its check suite counts as queued until we say something of the check run. */
  readonly isRerun: boolean;
  readonly sender: Sender;
}

/**
 * GitHub's "Re-run all checks" of one commit: a press of "Re-run" on each of our check runs there. The
 * ledger, which knows them, makes one command of each.
 */
export interface SuiteCommand {
  readonly sha: string;
  /** Number and client id of the App whose suite it is. */
  readonly app: readonly string[];
  readonly sender: Sender;
}

export type Command = CommentCommand | ButtonCommand;

export type ParsedCommand = Pick<CommentCommand, "verb" | "route">;

/**
 * Reads the first line of a comment: `/publish`, `/publish ROUTE` or `/publish explain`, blanks
 * around each word. Anything else, another word more included, is no command. A route of the name
 * `explain` cannot be published this way.
 */
export function parseCommand(body: string): ParsedCommand | null {
  const line = (body.split("\n", 1)[0] ?? "").slice(0, 200);
  const [, word] = /^[ \t]*\/publish(?:[ \t]+([^ \t\r]+))?[ \t]*\r?$/.exec(line) ?? [null, null];
  if (word === null) return null;
  if (word === undefined) return { verb: "publish", route: null };
  if (word === "explain") return { verb: "explain", route: null };
  return hasFormat(routeNameFormat, word) ? { verb: "publish", route: word } : null;
}
