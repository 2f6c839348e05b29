import { actionName } from "../action-pushes.ts";
import { environmentsOf, stepRuns } from "../conditions.ts";
import type { Breach, Level, Rule } from "../finding.ts";
import type { Repository } from "../repository.ts";
import type { Job, Place, Step, Text, TextMap, Workflow } from "../workflow.ts";
import { PRIVILEGED_EVENTS } from "../world.ts";

/** A stranger's code checked out where the token writes and secrets are there. */
export const untrustedCheckout: Rule = {
  id: "untrusted-checkout",
  title: "A pull request's code is checked out with full rights",
  level: "error",
  why: "This event runs with the repository's token and secrets. Code of the pull request (its build scripts, Dockerfile, even a test) can take them, or push an image.",
  remedy:
    "Build pull requests in a workflow on `pull_request`, without secrets. What needs rights belongs after the merge (merge-relay's publish-image.yml), or must not run the pull request's files.",
  check: (repository) =>
    repository.workflows.flatMap((workflow) =>
      workflow.jobs.flatMap((job) =>
        job.steps.flatMap((step) => judge(repository, workflow, { job, step })),
      ),
    ),
};

const HEAD = [
  /\bgithub\.head_ref\b/i,
  /\bgithub\.event\.pull_request\.head\.(sha|ref|label|repo\.full_name)\b/i,
  /\bgithub\.event\.pull_request\.merge_commit_sha\b/i,
  /\brefs\/pull\//,
  /\bgithub\.event\.workflow_run\.(head_sha|head_branch|head_commit\.id|head_repository\.full_name)\b/i,
  /\bgithub\.event\.workflow_run\.pull_requests\b.*\bhead\b/i,
];
const SHELL = /\bgh\s+pr\s+checkout\b|\bgit\s+(fetch|pull)\b.*(\bpull\/|refs\/pull)/;

function judge(
  repository: Repository,
  workflow: Workflow,
  { job, step }: { job: Job; step: Step },
): Breach[] {
  const place = findCheckout(step, environmentsOf(workflow, job, step));
  if (place === null) return [];
  const reached = repository
    .worldsOf(workflow)
    .filter(({ event, from }) => PRIVILEGED_EVENTS.has(event) && from === "fork")
    .map((world) => ({ event: world.event, answer: stepRuns(workflow, job, step, world) }))
    .filter(({ answer }) => answer !== false);
  const [first] = reached;
  if (first === undefined) return [];
  const level: Level = reached.some(({ answer }) => answer === true) ? "error" : "warning";
  const doubt = level === "error" ? "" : ", unless its condition keeps strangers out for certain";
  return [
    {
      level,
      file: workflow.file,
      place,
      message: `Job \`${job.id}\` runs on \`${first.event}\` and checks out the pull request's own code${doubt}.`,
    },
  ];
}

function findCheckout(step: Step, environments: readonly TextMap[]): Place | null {
  if (actionName(step) === "actions/checkout") {
    const texts = [step.with.get("ref"), step.with.get("repository")];
    const text = texts.find((each) => each !== undefined && namesHead(each, environments));
    return text?.place ?? null;
  }
  const run = step.run;
  if (run === null) return null;
  const isCheckout = SHELL.test(run.value.replaceAll(/^\s*#.*$/gm, ""));
  return isCheckout || checksOutVariable(run.value, environments) ? run.place : null;
}

function isHead(text: string): boolean {
  return HEAD.some((head) => head.test(text));
}

/** Whether a text is the head's, by itself or by a variable; variables cannot see one another. */
function namesHead({ value, snippets }: Text, environments: readonly TextMap[]): boolean {
  if (isHead(value)) return true;
  return snippets.some(({ source }) =>
    [...source.matchAll(/\benv\.([\w-]+)/g)].some(([, name = ""]) => {
      const key = name.toLowerCase();
      const text = environments.find((each) => each.has(key))?.get(key);
      return text !== undefined && isHead(text.value);
    }),
  );
}

/** `git checkout "$HEAD_SHA"` with the head's commit in the variable. */
function checksOutVariable(script: string, environments: readonly TextMap[]): boolean {
  if (!/\bgit\s+(checkout|fetch|switch|merge|reset)\b/.test(script)) return false;
  const direct = script
    .split("\n")
    .some((line) => /\bgit\s+(checkout|switch|merge|reset)\b/.test(line) && isHead(line));
  const names = environments
    .flatMap((each) => [...each])
    .filter(([name, text]) => /^\w+$/.test(name) && isHead(text.value));
  return (
    direct ||
    names.some(([name]) =>
      new RegExp(`\\bgit\\s+(checkout|switch|merge|reset)\\b.*\\$\\{?${name}\\b`, "i").test(script),
    )
  );
}
