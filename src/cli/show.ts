import type { Command } from "commander";
import * as v from "valibot";
import { dispatchSchema } from "./api/answers.ts";
import { formatDispatch, historyLines } from "./api/dispatch-text.ts";
import { findRepository, parseDispatchId, pathOf, splitArguments } from "./api/named-repository.ts";
import { createPaint } from "./api/paint.ts";
import { askOrEnd } from "./api/refusal.ts";
import { toSafeJson } from "./api/safe-json.ts";
import {
  WATCH_EXIT_CODES,
  openSession,
  type SessionOptions,
  SIGN_IN_HELP,
  withSession,
} from "./api/session.ts";
import { followTaken } from "./api/show-taken.ts";
import type { Cli } from "./program.ts";

/** `merge-relay show`: one dispatch with its history, or what becomes of it. */

const HELP = `${SIGN_IN_HELP}
Examples
  merge-relay show acme/app mr-1a2b-01kav5j8x3qz8w5n4t7r2m9c6d
  merge-relay show acme/app mr-1a2b-01kav5j8x3qz8w5n4t7r2m9c6d --watch
${WATCH_EXIT_CODES}`;

interface Options extends SessionOptions {
  readonly watch?: boolean;
}

/** Adds `show` to the program. */
export function registerShow(program: Command, cli: Cli): void {
  const command = program
    .command("show")
    .description("show one dispatch with its history")
    .argument("<what...>", "[owner/repo] DISPATCH-ID")
    .option("--watch", "follow it until the image is published or is not");
  withSession(command)
    .addHelpText("after", HELP)
    .action((words: string[], options: Options) => run(words, options, cli));
}

async function run(words: readonly string[], options: Options, cli: Cli): Promise<void> {
  const { repository: given, last } = splitArguments(words, "a dispatch by its id");
  const id = parseDispatchId(last);
  const repository = await findRepository(given);
  const session = await openSession(cli.io, options);
  const { shown, body } = await askOrEnd(
    session,
    { method: "GET", path: pathOf(repository, `/dispatches/${id}`) },
    { schema: v.looseObject(dispatchSchema.entries), about: `the dispatch ${id} in ${repository}` },
  );
  if (options.watch === true) {
    return followTaken(cli, session, { repository, dispatches: [{ shown, body }] });
  }
  if (session.json) return cli.io.writeOut(toSafeJson(body));
  const paint = createPaint(cli.io.colour);
  cli.io.writeOut(`${formatDispatch(shown, paint)}\n${historyLines(shown, paint).join("\n")}\n`);
}
