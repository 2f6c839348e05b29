import type { Command } from "commander";
import type { Diagnosis } from "../doctor/diagnosis/cause.ts";
import { stripControls } from "../doctor/diagnosis/clean-text.ts";
import type { CommandIo } from "./command-io.ts";
import { nonTextReason } from "./decode-text.ts";
import { CommandProblem } from "./command-problem.ts";
import { formatDiagnosis } from "./diagnose-format.ts";
import type { RunDiagnosis } from "./diagnose-run.ts";
import { EXIT } from "./exit-code.ts";
import type { Cli } from "./program.ts";
import { withSpinner } from "./spinner.ts";

/** `merge-relay diagnose`: reads a log and prints why the push in it failed. */

const HELP = `
A run's address needs a token that may read the repository's Actions: --token, GITHUB_TOKEN, GH_TOKEN, or
what "gh auth token" gives. It is sent to GitHub's API alone (GITHUB_API_URL, where that is set).

Examples
  merge-relay diagnose https://github.com/OWNER/REPO/actions/runs/123
  gh run view 123 --log-failed | merge-relay diagnose --log -
  gh api repos/OWNER/REPO/actions/runs/123 > run.json
  merge-relay diagnose --log job.log --run run.json --json

Exit codes
  0  a diagnosis was printed, also if the cause is unknown
  1  the input could not be read
  2  wrong arguments
`;

interface Options {
  readonly token?: string;
  readonly log?: string;
  readonly run?: string;
  readonly json?: boolean;
}

/** Adds `diagnose` to the program. */
export function registerDiagnose(program: Command, { io }: Cli): void {
  program
    .command("diagnose")
    .description("say why an image push failed, with the lines that show it")
    .argument("[run-url]", "a run on GitHub, with /attempts/N or /job/N if you like")
    .option(
      "--log <file>",
      "a job log, the output of `gh run view --log`, or pasted lines; - is stdin",
    )
    .option("--run <file>", "GitHub's workflow run object: event, fork and actor decide many cases")
    .option(
      "--token <token>",
      "for a run's address; a variable is safer, since others see arguments",
    )
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", HELP)
    .action((url: string | undefined, options: Options) => run(url, options, io));
}

async function readInput(io: CommandIo, name: string, what: string): Promise<string> {
  const text = await readText(io, name, what);
  const reason = nonTextReason(text);
  if (reason !== null) throw new CommandProblem(`Cannot read the ${what} “${name}”: ${reason}.`);
  return text;
}

async function readText(io: CommandIo, name: string, what: string): Promise<string> {
  try {
    return name === "-" ? await io.readStdin() : await io.readFile(name);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const reasons: Record<string, string> = {
      ENOENT: "there is no such file",
      EISDIR: "it is a directory",
      EACCES: "this user may not read it",
      ERR_STRING_TOO_LONG: "it is too large; give its last hundred megabytes",
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
  const { diagnosis, job } =
    url === undefined
      ? { diagnosis: await diagnoseLog(options, io), job: null }
      : await diagnoseAddress(url, options, io);
  if (options.json === true) return io.writeOut(`${JSON.stringify(diagnosis)}\n`);
  const head = job === null ? "" : `Job         ${stripControls(job)}\n`;
  io.writeOut(head + formatDiagnosis(diagnosis, io.colour));
}

function diagnoseAddress(url: string, options: Options, io: CommandIo): Promise<RunDiagnosis> {
  if (options.log !== undefined || options.run !== undefined) {
    throw new CommandProblem("Give a run's address, or --log and --run, not both.", EXIT.usage);
  }
  return withSpinner(io, "Reading the run and its log", async () =>
    (await import("./diagnose-run.ts")).diagnoseRun(io, url, options.token),
  );
}

async function diagnoseLog(options: Options, io: CommandIo): Promise<Diagnosis> {
  if (options.log === undefined) {
    throw new CommandProblem(
      "Name a run's address, or the log: --log FILE, or --log - for stdin.",
      EXIT.usage,
    );
  }
  if (options.log === "-" && options.run === "-") {
    throw new CommandProblem("Only one of --log and --run can be read from stdin.", EXIT.usage);
  }
  const log = await readInput(io, options.log, "log");
  const object =
    options.run === undefined
      ? undefined
      : parseRun(await readInput(io, options.run, "run object"), options.run);
  const { diagnose } = await import("../doctor/diagnosis/diagnose.ts");
  return diagnose({ log, run: object });
}
