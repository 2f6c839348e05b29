import type { Command } from "commander";
import { diagnose } from "../doctor/diagnosis/diagnose.ts";
import type { CommandIo } from "./command-io.ts";
import { CommandProblem } from "./command-problem.ts";
import { formatDiagnosis } from "./diagnose-format.ts";
import { EXIT } from "./exit-code.ts";
import type { Cli } from "./program.ts";

/** `merge-relay diagnose`: reads a log and prints why the push in it failed. */

const HELP = `
Examples
  gh run view 123 --log-failed | merge-relay diagnose --log -
  gh api repos/OWNER/REPO/actions/runs/123 > run.json
  merge-relay diagnose --log job.log --run run.json --json

Exit codes
  0  a diagnosis was printed, also if the cause is unknown
  1  the input could not be read
  2  wrong arguments
`;

interface Options {
  readonly log?: string;
  readonly run?: string;
  readonly json?: boolean;
}

/** Adds `diagnose` to the program. */
export function registerDiagnose(program: Command, { io }: Cli): void {
  program
    .command("diagnose")
    .description("say why an image push failed, with the lines that show it")
    .argument("[run-url]", "not possible yet: save the log first")
    .option(
      "--log <file>",
      "a job log, the output of `gh run view --log`, or pasted lines; - is stdin",
    )
    .option("--run <file>", "GitHub's workflow run object: event, fork and actor decide many cases")
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", HELP)
    .action((url: string | undefined, options: Options) => run(url, options, io));
}

async function readInput(io: CommandIo, name: string, what: string): Promise<string> {
  try {
    return name === "-" ? await io.readStdin() : await io.readFile(name);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const reasons: Record<string, string> = {
      ENOENT: "there is no such file",
      EISDIR: "it is a directory",
      EACCES: "this user may not read it",
    };
    throw new CommandProblem(
      `Cannot read the ${what} “${name}”: ${reasons[code] ?? "reading failed"}.`,
    );
  }
}

function parseRun(text: string, name: string): unknown {
  let run: unknown;
  try {
    run = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new CommandProblem(`The run object “${name}” is not JSON.`);
  }
  if (typeof run !== "object" || run === null || Array.isArray(run)) {
    throw new CommandProblem(`The run object “${name}” is not a JSON object.`);
  }
  return run;
}

async function run(url: string | undefined, options: Options, io: CommandIo): Promise<void> {
  if (url !== undefined) {
    throw new CommandProblem(
      `Diagnosing “${url}” by address is not possible yet. Save the log first: gh run view RUN --log-failed > job.log, then merge-relay diagnose --log job.log`,
      EXIT.usage,
    );
  }
  if (options.log === undefined) {
    throw new CommandProblem("Name the log: --log FILE, or --log - for stdin.", EXIT.usage);
  }
  if (options.log === "-" && options.run === "-") {
    throw new CommandProblem("Only one of --log and --run can be read from stdin.", EXIT.usage);
  }
  const log = await readInput(io, options.log, "log");
  const object =
    options.run === undefined
      ? undefined
      : parseRun(await readInput(io, options.run, "run object"), options.run);
  const diagnosis = diagnose({ log, run: object });
  io.writeOut(
    options.json === true
      ? `${JSON.stringify(diagnosis)}\n`
      : formatDiagnosis(diagnosis, io.colour),
  );
}
