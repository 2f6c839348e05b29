import { confirm, isCancel, text } from "@clack/prompts";
import type { CommandIo } from "./command-io.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";

/** Questions to a person. Where there is no terminal none is asked: the option to give is named. */

interface TextQuestion {
  readonly message: string;
  /** What Enter means. */
  readonly proposal: string;
  /** The option that answers it, such as `--image NAME`. */
  readonly option: string;
  /** Says what is wrong with an answer; undefined where it will do. */
  readonly refuse?: (answer: string) => string | undefined;
}

/** Asks for one line of text. Ctrl+C ends the command. */
export async function askText(io: CommandIo, question: TextQuestion): Promise<string> {
  needTerminal(io, question.message, question.option);
  const { message, proposal, refuse } = question;
  const answer = await text({
    message,
    initialValue: proposal,
    validate: (value) => refuse?.((value ?? "").trim()),
  });
  return orEnd(answer).trim();
}

/** Asks yes or no. Enter means no, so that nothing happens by accident. */
export async function askConsent(
  io: CommandIo,
  question: { readonly message: string; readonly option: string },
): Promise<boolean> {
  needTerminal(io, question.message, question.option);
  return orEnd(await confirm({ message: question.message, initialValue: false }));
}

function needTerminal(io: CommandIo, message: string, option: string): void {
  if (io.interactive) return;
  throw new CommandProblem(`There is no terminal to ask “${message}”. Give ${option}.`, EXIT.usage);
}

function orEnd<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (!isCancel(answer)) return answer as Exclude<Answer, symbol>;
  throw new CommandProblem(
    "Ended at a question. Run it again whenever you like.",
    EXIT.interrupted,
  );
}
