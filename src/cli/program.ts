import { Command, CommanderError } from "commander";
import { VERSION } from "../version.ts";
import { stripControls } from "../doctor/diagnosis/clean-text.ts";
import type { CommandIo } from "./command-io.ts";
import { CommandProblem } from "./command-problem.ts";
import { fitHelp, helpWidth } from "./fit-help.ts";
import { EXIT, EXIT_CODES_HELP } from "./exit-code.ts";

/** What a command's action gets: the world, and where to put its exit code. */
export interface Cli {
  readonly io: CommandIo;
  /** Ends the command with this code; without a call the code is 0. */
  setExitCode(code: number): void;
}

/** Adds one command to the program. Each file of a command exports one of these. */
export type RegisterCommand = (program: Command, cli: Cli) => void;

const EXAMPLES = `
Examples
  merge-relay init ../my-repository            put the workflows and a configuration there
  merge-relay lint ../my-repository            find what lets a pull request push an image
  merge-relay diagnose https://github.com/OWNER/REPO/actions/runs/123
  merge-relay explain OWNER/REPO 12            say what becomes of a pull request, and why
  merge-relay dispatch OWNER/REPO --pull-request 12 --watch
  merge-relay <command> --help                 options and examples of a command
`;

/**
 * Runs one command line and gives the exit code. It never throws for wrong arguments or a
 * `CommandProblem`; anything else that is thrown is a bug and passes through.
 */
export async function runProgram(
  argv: readonly string[],
  io: CommandIo,
  commands: readonly RegisterCommand[],
): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = createProgram(io);
  const cli: Cli = { io, setExitCode: (code) => void (exitCode = code) };
  for (const register of commands) register(program, cli);
  try {
    await program.parseAsync(argv, { from: "user" });
    return exitCode;
  } catch (problem) {
    // Commander has printed its own message, and uses 1 for what is 2 here.
    if (problem instanceof CommanderError) {
      if (problem.exitCode === 0) return EXIT.done;
      writeProblem(argv, io, { message: problem.message, exitCode: EXIT.usage });
      return EXIT.usage;
    }
    if (!(problem instanceof CommandProblem)) throw problem;
    io.writeError(`merge-relay: ${cleanLines(problem.message)}\n`);
    if (!problem.isInJson) writeProblem(argv, io, problem);
    return problem.exitCode;
  }
}

/** Whoever asked for JSON gets JSON at every end: a program reads stdout before it reads the code. */
function writeProblem(
  argv: readonly string[],
  io: CommandIo,
  { message, exitCode }: Pick<CommandProblem, "message" | "exitCode">,
): void {
  if (!argv.includes("--json")) return;
  const error = { message: cleanLines(message), exit_code: exitCode };
  io.writeOut(`${JSON.stringify({ ok: false, error })}\n`);
}

/** Messages quote arguments and files, which are foreign text. */
function cleanLines(text: string): string {
  return text.split("\n").map(stripControls).join("\n");
}

function createProgram(io: CommandIo): Command {
  const width = helpWidth(io.columns);
  return new Command("merge-relay")
    .description("One trusted image build for each merged pull request.")
    .version(VERSION, "--version", "say which release this is")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.writeOut(fitHelp(text, width)),
      writeErr: (text) => io.writeError(cleanLines(fitHelp(text, width))),
      // Not broken into lines: whoever reads it may be a program, or look for it.
      outputError: (text) => io.writeError(cleanLines(text.replace(/^error: /, "merge-relay: "))),
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => io.colour,
      getErrHasColors: () => io.colour,
    })
    .showHelpAfterError("(--help says more)")
    .helpCommand(true)
    .addHelpText("after", EXAMPLES + EXIT_CODES_HELP);
}
