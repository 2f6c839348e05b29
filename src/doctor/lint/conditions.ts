import { evaluate } from "./evaluate.ts";
import { truthOf } from "./value.ts";
import type { Job, Step, Text, TextMap, Workflow } from "./workflow.ts";
import { lookupIn, type World } from "./world.ts";

/** Whether something happens in a world; null is not to be known. */
export type Answer = boolean | null;

/** False if one is false, true if all are true. */
export function both(...answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

/** True if one is true, false if all are false. */
export function either(...answers: readonly Answer[]): Answer {
  if (answers.includes(true)) return true;
  return answers.includes(null) ? null : false;
}

// With one of these a job also runs after one that was skipped.
const OVER_SKIPPED = /\b(always|failure|cancelled)\s*\(/i;

/** A job may be needed along many ways; each is judged once in a world. */
const known = new WeakMap<World, Map<Job, Answer>>();

/** Whether a job runs, as far as its own condition and those of the jobs it needs tell. */
export function jobRuns(workflow: Workflow, job: Job, world: World): Answer {
  const answers = known.get(world) ?? new Map<Job, Answer>();
  known.set(world, answers);
  const answer = answers.get(job);
  if (answer !== undefined) return answer;
  // Jobs that need each other are refused by GitHub; they must not be judged forever.
  answers.set(job, null);
  const judged = judgeJob(workflow, job, world);
  answers.set(job, judged);
  return judged;
}

function judgeJob(workflow: Workflow, job: Job, world: World): Answer {
  const own = holds(job.condition, world, [workflow.env]);
  if (own === false || OVER_SKIPPED.test(job.condition?.value ?? "")) return own;
  const needed = workflow.jobs.filter(({ id }) => job.needs.includes(id));
  return both(own, ...needed.map((other) => jobRuns(workflow, other, world)));
}

/** Whether a step runs, if nothing before it fails. */
export function stepRuns(workflow: Workflow, job: Job, step: Step, world: World): Answer {
  const own = holds(step.condition, world, environmentsOf(workflow, job, step));
  return both(jobRuns(workflow, job, world), own);
}

/** The `env` that a step sees, the nearest first, and the combination of the matrix. */
export function environmentsOf(workflow: Workflow, job: Job, step: Step | null): TextMap[] {
  return [...(step === null ? [] : [step.env]), job.env, workflow.env, job.matrix];
}

function holds(condition: Text | null, world: World, environments: readonly TextMap[]): Answer {
  if (condition === null) return true;
  const [snippet, another] = condition.snippets;
  if (snippet === undefined || another !== undefined) return null;
  const rest = condition.value.slice(0, snippet.start) + condition.value.slice(snippet.end);
  // Text around the braces makes a string that always holds: even the line end after `if: |`.
  if (rest !== "") return true;
  return truthOf(evaluate(snippet.source, lookupIn(world, ...environments)));
}
