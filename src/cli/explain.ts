import type { Command } from "commander";
import { explanationSchema } from "./api/answers.ts";
import { formatList } from "./api/dispatch-text.ts";
import { findRepository, pathOf, splitArguments } from "./api/named-repository.ts";
import { createPaint } from "./api/paint.ts";
import { formatPlan } from "./api/plan-text.ts";
import { askOrEnd } from "./api/refusal.ts";
import { toSafeJson } from "./api/safe-json.ts";
import {
  API_EXIT_CODES,
  openSession,
  type SessionOptions,
  SIGN_IN_HELP,
  withSession,
} from "./api/session.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import type { Cli } from "./program.ts";

/** `merge-relay explain`: what the policy makes of a pull request, rule by rule. */

const HELP = `${SIGN_IN_HELP}
Examples
  merge-relay explain acme/app 12
  merge-relay explain 12                                 in a clone of the repository
  merge-relay explain https://github.com/acme/app/pull/12
  merge-relay explain acme/app 12 --json | jq '.trace[] | select(.passed | not)'
${API_EXIT_CODES}`;

/** Adds `explain` to the program. */
export function registerExplain(program: Command, cli: Cli): void {
  const command = program
    .command("explain")
    .description("say what becomes of a pull request, merged or not, with every rule")
    .argument("<what...>", "[owner/repo] NUMBER, or the pull request's address");
  withSession(command)
    .addHelpText("after", HELP)
    .action((words: string[], options: SessionOptions) => run(words, options, cli));
}

async function run(words: readonly string[], options: SessionOptions, { io }: Cli): Promise<void> {
  const { repository: given, number } = readWords(words);
  const repository = await findRepository(given);
  const session = await openSession(io, options);
  const { shown, body } = await askOrEnd(
    session,
    { method: "GET", path: pathOf(repository, `/pulls/${number}/explain`) },
    { schema: explanationSchema, about: `pull request #${number} in ${repository}` },
  );
  if (session.json) return io.writeOut(toSafeJson(body));
  const paint = createPaint(io.colour);
  io.writeOut(formatPlan(shown, paint));
  if (shown.dispatches.length === 0) return;
  io.writeOut(`\n${paint("bold", "What was done so far")}\n${formatList(shown.dispatches, paint)}`);
}

function readWords(words: readonly string[]): { repository: string | undefined; number: number } {
  const { repository, last } = splitArguments(words, "a pull request by its number");
  const [, named, ofAddress] =
    /^https?:\/\/[^/]+\/([\w-]+\/[\w.-]+)\/pull\/(\d{1,10})(?:[/?#].*)?$/.exec(last) ?? [];
  const number = ofAddress ?? /^#?(\d{1,10})$/.exec(last)?.[1];
  if (number !== undefined && Number(number) > 0) {
    return { repository: repository ?? named, number: Number(number) };
  }
  throw new CommandProblem(`“${last}” is no pull request. Give its number.`, EXIT.usage);
}
