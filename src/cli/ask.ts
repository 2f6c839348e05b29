import { askLine } from "./ask-line.ts";
import type { CommandIo } from "./command-io.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";

/**
 * Questions to a person. Where there is no terminal none is asked: the option to give is named. A
 * terminal without colours (`TERM=dumb`, `NO_COLOR`) is asked line by line, since it may take no
 * cursor movements either. Ctrl+C and Ctrl+D end the command.
 */

interface TextQuestion {
  readonly message: string;
  /** What Enter means. */
  readonly proposal: string;
  /** The option that answers it, such as `--image NAME`. */
  readonly option: string;
  /** Says what is wrong with an answer; undefined where it will do. */
  readonly refuse?: (answer: string) => string | undefined;
  /** What holds when nobody answers; by default, that nothing was changed. */
  readonly ended?: string;
  /** Given when the answer came another way; it then never comes from here. */
  readonly signal?: AbortSignal;
}

/** Asks for one line of text, without the blanks around it. */
export async function askText(io: CommandIo, question: TextQuestion): Promise<string> {
  needTerminal(io, question.message, question.option);
  const answer = io.colour ? await drawText(question) : await writeText(io, question);
  if (answer !== null) return answer;
  if (question.signal?.aborted === true) return new Promise(() => undefined);
  throw end(question.ended);
}

interface ConsentQuestion {
  readonly message: string;
  readonly option: string;
  /** What Enter means; no, unless it is said, so that nothing is lost by accident. */
  readonly isProposed?: boolean;
}

/** Asks yes or no. */
export async function askConsent(io: CommandIo, question: ConsentQuestion): Promise<boolean> {
  const { message, option, isProposed = false } = question;
  needTerminal(io, message, option);
  const answer = io.colour
    ? await drawConsent(message, isProposed)
    : await writeConsent(io, message, isProposed);
  if (answer === null) throw end();
  return answer;
}

async function drawText(question: TextQuestion): Promise<string | null> {
  const { message, proposal, refuse, signal } = question;
  const { isCancel, text } = await loadPrompts();
  const answer = await text({
    message,
    initialValue: proposal,
    validate: (value) => refuse?.((value ?? "").trim()),
    ...(signal === undefined ? {} : { signal }),
  });
  return isCancel(answer) ? null : answer.trim();
}

async function drawConsent(message: string, isProposed: boolean): Promise<boolean | null> {
  const { confirm, isCancel } = await loadPrompts();
  const answer = await confirm({ message, initialValue: isProposed });
  return isCancel(answer) ? null : answer;
}

async function writeText(io: CommandIo, question: TextQuestion): Promise<string | null> {
  const { message, proposal, refuse, signal } = question;
  const prompt = `${message}${proposal === "" ? "" : ` [${proposal}]`} `;
  for (;;) {
    const line = await askLine(io, prompt, signal);
    if (line === null) return null;
    const answer = line.trim() === "" ? proposal : line.trim();
    const problem = refuse?.(answer);
    if (problem === undefined) return answer;
    io.writeOut(`  ${problem}\n`);
  }
}

async function writeConsent(
  io: CommandIo,
  message: string,
  isProposed: boolean,
): Promise<boolean | null> {
  for (;;) {
    const line = await askLine(io, `${message} [${isProposed ? "Y/n" : "y/N"}] `);
    if (line === null) return null;
    const answer = line.trim().toLowerCase();
    if (answer === "") return isProposed;
    if (/^(?:y|yes|n|no)$/.test(answer)) return answer.startsWith("y");
    io.writeOut("  Answer y or n.\n");
  }
}

/** Ctrl+D ends a program's input; the library takes it for a letter unless it is told. */
async function loadPrompts() {
  const prompts = await import("@clack/prompts");
  prompts.updateSettings({ aliases: { "\u0004": "cancel" } });
  return prompts;
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

function end(holds = "nothing was changed. Run it again whenever you like."): CommandProblem {
  return new CommandProblem(`Ended at a question: ${holds}`, EXIT.interrupted);
}
