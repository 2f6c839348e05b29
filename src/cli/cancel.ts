import type { Command } from "commander";
import * as v from "valibot";
import { dispatchSchema } from "./api/answers.ts";
import { findRepository, parseDispatchId, pathOf, splitArguments } from "./api/named-repository.ts";
import { askOrEnd } from "./api/refusal.ts";
import {
  API_EXIT_CODES,
  openSession,
  type SessionOptions,
  SIGN_IN_HELP,
  withSession,
} from "./api/session.ts";
import { showTaken } from "./api/show-taken.ts";
import type { Cli } from "./program.ts";

/** `merge-relay cancel`: ends a dispatch that is under way. */

const HELP = `
A run that GitHub has begun is asked to end; the dispatch ends when the run does.
${SIGN_IN_HELP}
Examples
  merge-relay cancel acme/app mr-1a2b-01kav5j8x3qz8w5n4t7r2m9c6d
${API_EXIT_CODES}`;

/** Adds `cancel` to the program. */
export function registerCancel(program: Command, cli: Cli): void {
  const command = program
    .command("cancel")
    .description("end a dispatch that is under way")
    .argument("<what...>", "[owner/repo] DISPATCH-ID");
  withSession(command)
    .addHelpText("after", HELP)
    .action((words: string[], options: SessionOptions) => run(words, options, cli));
}

async function run(words: readonly string[], options: SessionOptions, { io }: Cli): Promise<void> {
  const { repository: given, last } = splitArguments(words, "a dispatch by its id");
  const id = parseDispatchId(last);
  const repository = await findRepository(given);
  const session = await openSession(io, options);
  const { shown, body } = await askOrEnd(
    session,
    { method: "POST", path: pathOf(repository, `/dispatches/${id}/cancel`), body: {} },
    { schema: v.looseObject(dispatchSchema.entries), about: `the dispatch ${id} in ${repository}` },
  );
  showTaken(session, [{ shown, body }]);
}
