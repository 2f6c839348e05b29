import { askConsent } from "./ask.ts";
import { EXIT } from "./exit-code.ts";
import { answerQuestions, type InitOptions, readDirectory } from "./init-answers.ts";
import { checkWorkflows, type WorkflowAdvice } from "./init-advice.ts";
import { findDockerfiles, noteDockerfile } from "./init-dockerfile.ts";
import { formatAdvice, formatNotes, formatOutcome, formatPlan, NEXT_STEPS } from "./init-format.ts";
import { type PlannedFile, planFiles } from "./init-plan.ts";
import { placeWithin } from "./place-within.ts";
import type { Cli } from "./program.ts";
import { replaceFile } from "./replace-file.ts";
import { needServed, servedSites } from "./served-sites.ts";
import { notePlatforms, startingFiles } from "./starting-files.ts";

/** What happened to a file. */
export interface FileOutcome extends PlannedFile {
  readonly outcome: "written" | "unchanged" | "kept" | "would-write";
}

/** Shows what would change, asks, and writes; the exit code says whether every file is there. */
export async function runInit(directory: string, options: InitOptions, cli: Cli): Promise<void> {
  const { io } = cli;
  const isText = options.json !== true;
  const sites = servedSites(io, options.githubUrl);
  const repository = await readDirectory(directory, sites);
  await needServed(io, repository, { sites, mayAsk: options.yes !== true });
  const answers = await answerQuestions(io, options, repository);
  const files = await startingFiles(answers.configuration, answers.platforms);
  const plan = await planFiles(directory, files);
  const advice = await checkWorkflows(
    directory,
    files.map(({ path }) => path),
  );
  if (isText) io.writeOut(formatPlan(plan, { colour: io.colour, full: options.full === true }));
  const outcomes = await writePlan(directory, plan, options, cli);
  const notes = [
    repository.isGit ? null : NO_GIT,
    noteDockerfile(answers.configuration, await findDockerfiles(directory)),
    notePlatforms(files, answers.platforms),
  ].filter((note) => note !== null);
  report(outcomes, { ...advice, notes }, isText, cli);
  const isKept = outcomes.some(({ outcome }) => outcome === "kept");
  cli.setExitCode(isKept ? EXIT.failed : EXIT.done);
}

const NO_GIT =
  "This directory is no git repository (or git is not there). Is it the right one? GitHub reads these files at a repository's root.";

function report(
  outcomes: readonly FileOutcome[],
  advice: WorkflowAdvice & { readonly notes: readonly string[] },
  isText: boolean,
  { io }: Cli,
): void {
  if (!isText) {
    const files = outcomes.map(({ path, outcome, explains }) => ({ path, outcome, explains }));
    io.writeOut(`${JSON.stringify({ files, ...advice }, null, 2)}\n`);
    return;
  }
  io.writeOut(formatOutcome(outcomes, io.colour) + formatAdvice(advice, io.colour));
  io.writeOut(formatNotes(advice.notes, io.colour));
  if (outcomes.every(({ outcome }) => outcome === "written" || outcome === "unchanged")) {
    io.writeOut(NEXT_STEPS);
  }
}

async function writePlan(
  directory: string,
  plan: readonly PlannedFile[],
  options: InitOptions,
  cli: Cli,
): Promise<FileOutcome[]> {
  // Every question comes before the first write, so that Ctrl+C leaves everything as it was.
  const decided: FileOutcome[] = [];
  for (const file of plan) decided.push({ ...file, outcome: await decide(file, options, cli) });
  const isNew = decided.some(({ outcome, state }) => outcome === "written" && state === "new");
  if (isNew && options.yes !== true) {
    const message = "Write the new files?";
    const consents = await askConsent(cli.io, { message, option: "--yes", isProposed: true });
    if (!consents) return decided.map(refuse);
  }
  for (const { path, text, outcome } of decided) {
    // Looked up anew: a link may have come while the questions were open.
    if (outcome === "written") await replaceFile(await placeWithin(directory, path), text);
  }
  return decided;
}

async function decide(
  file: PlannedFile,
  options: InitOptions,
  { io }: Cli,
): Promise<FileOutcome["outcome"]> {
  if (file.state === "same") return "unchanged";
  if (options.dryRun === true) return "would-write";
  if (file.state === "new" || options.force === true) return "written";
  // Without a terminal the file stays, and the exit code says so.
  if (!io.interactive || options.yes === true) return "kept";
  const message = `${file.path} differs, as shown above. Replace it?`;
  return (await askConsent(io, { message, option: "--force" })) ? "written" : "kept";
}

function refuse(file: FileOutcome): FileOutcome {
  return file.outcome === "written" ? { ...file, outcome: "kept" } : file;
}
