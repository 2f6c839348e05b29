import { findPushedImage, type ImageReference } from "./image-reference.ts";
import { findLogins, usesCredentialHelper, type Login } from "./logins.ts";
import { readTokenFacts, type TokenFacts } from "./permissions-block.ts";
import { hasPushContext, readPushOutput, reportsSuccess, type PushOutput } from "./push-output.ts";
import type { LogLine } from "./read-log.ts";
import type { RunFacts } from "./run-facts.ts";
import { commandOf, inputOf, splitSteps, type Step } from "./steps.ts";

/** Everything that a rule may look at for one failed step. */
export interface Evidence {
  step: Step;
  output: PushOutput;
  run: RunFacts | null;
  token: TokenFacts;
  logins: Login[];
  /** The image of the failed push, and where its name stands. */
  image: { reference: ImageReference; line: LogLine } | null;
  repository: string | null;
  event: string | null;
  /** Credentials also came by a helper or a cloud login, so the list of logins has gaps. */
  hasHelper: boolean;
  /** The whole job is there, so what it does not show did not happen. */
  complete: boolean;
  /** False if the runner's failure mark is missing: the log may end before a retry. */
  decisive: boolean;
}

const SYNCING = /^Syncing repository: ([\w.-]{1,100}\/[\w.-]{1,100})$/;
const DEFINED_AT = /^Job defined at: ([\w.-]{1,100}\/[\w.-]{1,100})\/\.github\/workflows\//;
const PULL_REF = /refs\/(?:remotes\/)?pull\/\d+\/merge/;
const FACT_LINES = 20_000;
/** Each is compared with every step; a job has one failed step, or few, and whoever prints more wants time. */
const MAX_FAILED = 100;

function findRepository(lines: LogLine[]): string | null {
  for (const line of lines.slice(0, FACT_LINES)) {
    const found = SYNCING.exec(line.text) ?? DEFINED_AT.exec(line.text);
    if (found !== null) return found[1] ?? null;
  }
  return null;
}

/** A checkout of `refs/pull/N/merge` happens under `pull_request` only. */
function findEvent(steps: Step[]): string | null {
  const checkout = steps.find((step) => step.kind === "checkout");
  if (checkout === undefined || inputOf(checkout, "ref") !== null) return null;
  const isPull = checkout.output.some((line) => PULL_REF.test(line.text));
  return isPull ? "pull_request" : null;
}

function isComplete(lines: LogLine[]): boolean {
  const head = lines.slice(0, 400);
  return (
    head.some((line) => line.text.startsWith("Current runner version:")) ||
    head.some(
      (line) => line.text.endsWith("GITHUB_TOKEN Permissions") && line.text.startsWith("##["),
    )
  );
}

const BLAME = /denied|fail|error|40[13]|unauthorized/i;

function firstImage(lines: LogLine[]): Evidence["image"] {
  for (const line of lines) {
    const reference = findPushedImage(line.text);
    if (reference !== null) return { reference, line };
  }
  return null;
}

/** The image of a line that complains, or else of any line. */
function findImage(step: Step, output: PushOutput): Evidence["image"] {
  const blamed = output.lines.filter((line) => BLAME.test(line.text));
  const others = blamed.length === output.lines.length ? [] : output.lines;
  return firstImage(blamed) ?? firstImage(others) ?? firstImage([...step.output, ...step.header]);
}

const PUSH_WORD = /\b(?:push|publish|copy|buildx|bake)\b/;
const TOLERATED = /\|\| *(?:true|:|echo\b|exit 0)/;

/** True if every command of the step that pushes says that its failure does not matter. */
function isTolerated(step: Step): boolean {
  const pushes = commandOf(step)
    .split("\n")
    .filter((command) => PUSH_WORD.test(command));
  return pushes.length > 0 && pushes.every((command) => TOLERATED.test(command));
}

function isCandidate(step: Step): boolean {
  if (step.kind === "test" || step.kind === "post" || isTolerated(step)) return false;
  return step.kind !== "script" || hasPushContext(step);
}

/** A later step that pushed the same image makes the failure a retried one. */
function wasRetried(step: Step, later: Step[]): boolean {
  const image = findImage(step, readPushOutput(step))?.reference.path;
  return later.some(
    (other) =>
      other.kind === "push" &&
      reportsSuccess(other) &&
      (other.title === step.title ||
        other.output.some((line) => image !== undefined && line.text.includes(image))),
  );
}

function failedSteps(steps: Step[]): Step[] {
  const failed = steps.filter((step) => step.failedAt !== null);
  if (failed.length > 0) return failed;
  const ran = steps.filter((step) => step.kind !== "post");
  return ran.slice(-1);
}

export interface Overview {
  lines: LogLine[];
  steps: Step[];
  failed: Step[];
  candidates: Evidence[];
}

/** Finds the failed steps that may have been pushes, in the order of the log. */
export function gatherEvidence(lines: LogLine[], run: RunFacts | null): Overview {
  const steps = splitSteps(lines);
  const failed = failedSteps(steps);
  const logins = findLogins(steps);
  const event = run?.event ?? findEvent(steps);
  const repository = run?.repository ?? findRepository(lines);
  const facts = { run, logins, event, repository, hasHelper: usesCredentialHelper(lines) };
  const complete = isComplete(lines);
  const candidates = failed
    .slice(0, MAX_FAILED)
    .filter((step) => isCandidate(step) && !wasRetried(step, steps.slice(steps.indexOf(step) + 1)))
    .map((step) => {
      const output = readPushOutput(step);
      const token = readTokenFacts(lines, step.job);
      const decisive = step.failedAt !== null || step.kind === "pasted";
      const image = findImage(step, output);
      return { ...facts, step, output, token, image, complete, decisive };
    });
  return { lines, steps, failed, candidates };
}
