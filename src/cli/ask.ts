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
  const { text } = await import("@clack/prompts");
  const answer = await text({
    message,
    initialValue: proposal,
    validate: (value) => refuse?.((value ?? "").trim()),
  });
  return orEnd(answer).trim();
}

interface ConsentQuestion {
  readonly message: string;
  readonly option: string;
  /** What Enter means; no, unless it is said, so that nothing is lost by accident. */
  readonly isProposed?: boolean;
}

/** Asks yes or no. Ctrl+C ends the command. */
export async function askConsent(io: CommandIo, question: ConsentQuestion): Promise<boolean> {
  const { message, option, isProposed = false } = question;
  needTerminal(io, message, option);
  const { confirm } = await import("@clack/prompts");
  return orEnd(await confirm({ message, initialValue: isProposed }));
}

/** Some terminals (a container's, a recording's) say that they have no size at all. */
const ASSUMED = { columns: 80, rows: 24 };

function needTerminal(io: CommandIo, message: string, option: string): void {
  if (io.interactive) {
    // The prompts would break the line after each letter, and draw nothing anew.
    process.stdout.columns ||= ASSUMED.columns;
    process.stdout.rows ||= ASSUMED.rows;
    return;
  }
  throw new CommandProblem(`There is no terminal to ask “${message}”. Give ${option}.`, EXIT.usage);
}

/** The library's only symbol means Ctrl+C. */
function orEnd<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (typeof answer !== "symbol") return answer as Exclude<Answer, symbol>;
  throw new CommandProblem(
    "Ended at a question. Run it again whenever you like.",
    EXIT.interrupted,
  );
}
