import { parseArgs, styleText } from "node:util";
import type { Diagnosis } from "../doctor/diagnosis/cause.ts";
import { stripControls } from "../doctor/diagnosis/clean-text.ts";
import { diagnose } from "../doctor/diagnosis/diagnose.ts";
import type { CommandIo } from "./command-io.ts";

/** `merge-relay diagnose`: reads a log and prints why the push in it failed. */

const DIAGNOSE_HELP = `Says why an image push failed, with the lines that show it.

Usage
  merge-relay diagnose --log FILE|- [--run run.json] [--json]

Options
  --log FILE   a job log, the output of \`gh run view --log\`, or pasted lines; - reads stdin
  --run FILE   GitHub's workflow run object: event, fork and actor decide many cases
  --json       one JSON object instead of text
  --help       this text

Examples
  gh run view 123 --log-failed | merge-relay diagnose --log -
  gh api repos/OWNER/REPO/actions/runs/123 > run.json
  merge-relay diagnose --log job.log --run run.json --json

Exit codes
  0  a diagnosis was printed, also if the cause is unknown
  1  the input could not be read
`;

class UsageProblem extends Error {}

interface Options {
  log: string;
  run: string | null;
  json: boolean;
}

const OPTIONS = {
  log: { type: "string" },
  run: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

function parseOptions(argv: string[]): Options | "help" {
  let parsed;
  try {
    parsed = parseArgs({ args: argv, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageProblem(error instanceof Error ? error.message : "unreadable arguments");
  }
  const { values, positionals } = parsed;
  if (values.help === true) return "help";
  if (positionals.length > 0) {
    throw new UsageProblem(
      `Diagnosing “${positionals[0]}” by address is not possible yet. Save the log first: gh run view RUN --log-failed > job.log, then merge-relay diagnose --log job.log`,
    );
  }
  if (values.log === undefined)
    throw new UsageProblem("Name the log: --log FILE, or --log - for stdin.");
  return { log: values.log, run: values.run ?? null, json: values.json === true };
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
    throw new UsageProblem(
      `Cannot read the ${what} “${name}”: ${reasons[code] ?? "reading failed"}.`,
    );
  }
}

function parseRun(text: string, name: string): unknown {
  let run: unknown;
  try {
    run = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new UsageProblem(`The run object “${name}” is not JSON.`);
  }
  if (typeof run !== "object" || run === null || Array.isArray(run)) {
    throw new UsageProblem(`The run object “${name}” is not a JSON object.`);
  }
  return run;
}

type Style = Parameters<typeof styleText>[0];

function formatDiagnosis(diagnosis: Diagnosis, colour: boolean): string {
  // The stream was judged by the caller, who may write to something else than stdout.
  const paint = (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const tone: Style =
    diagnosis.confidence === "certain"
      ? "red"
      : diagnosis.confidence === "likely"
        ? "yellow"
        : "dim";
  const quotes = diagnosis.evidence.map(
    (quote) =>
      `  ${paint("dim", quote.line === null ? "run object" : `line ${quote.line}`)}  ${quote.text}`,
  );
  return [
    `${paint("bold", "Cause")}       ${paint(tone, diagnosis.cause)}`,
    `${paint("bold", "Confidence")}  ${diagnosis.confidence}`,
    `${paint("bold", "Retry")}       ${diagnosis.retryable ? "running the job again may help" : "running the job again will not help"}`,
    ...(quotes.length === 0 ? [] : ["", paint("bold", "Evidence"), ...quotes]),
    "",
    paint("bold", "What happened"),
    indent(diagnosis.explanation),
    "",
    paint("bold", "What to do"),
    indent(diagnosis.remedy),
    "",
  ].join("\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
}

async function run(options: Options, io: CommandIo): Promise<void> {
  if (options.log === "-" && options.run === "-") {
    throw new UsageProblem("Only one of --log and --run can be read from stdin.");
  }
  const log = await readInput(io, options.log, "log");
  const object =
    options.run === null
      ? undefined
      : parseRun(await readInput(io, options.run, "run object"), options.run);
  const diagnosis = diagnose({ log, run: object });
  io.writeOut(
    options.json ? `${JSON.stringify(diagnosis)}\n` : formatDiagnosis(diagnosis, io.colour),
  );
}

/** Runs the command and gives its exit code; it never throws for a bad input. */
export async function runDiagnose(argv: string[], io: CommandIo): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options === "help") io.writeOut(DIAGNOSE_HELP);
    else await run(options, io);
    return 0;
  } catch (problem) {
    if (!(problem instanceof UsageProblem)) throw problem;
    io.writeError(`merge-relay diagnose: ${stripControls(problem.message)}\n`);
    return 1;
  }
}
