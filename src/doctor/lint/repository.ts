import { environmentsOf, jobRuns, stepRuns } from "./conditions.ts";
import type { Job, Step, TextMap, Workflow } from "./workflow.ts";
import { lookupIn, valueOfText, type World, worldsOf } from "./world.ts";

/** All workflows of a repository, and the worlds in which each may run: its own and its callers'. */
export interface Repository {
  readonly workflows: readonly Workflow[];
  worldsOf(workflow: Workflow): readonly World[];
  /** The local workflow that a job calls; null where it calls none, or one elsewhere. */
  calleeOf(job: Job): Workflow | null;
  /** The repository's own composite action that a step uses; null where it uses none, or another. */
  actionOf(step: Step): Workflow | null;
}

/** GitHub allows ten levels since November 2025. */
const MAX_DEPTH = 10;
/** More cannot be told apart by a reader; it also bounds the work. */
const MAX_WORLDS = 64;

/** Finds out who calls whom. */
export function linkWorkflows(workflows: readonly Workflow[]): Repository {
  const calleeOf = (job: Job) => findCallee(workflows, job);
  const worlds = new Map(
    workflows.map((workflow) => [workflow, uniqueWorlds(workflow.triggers.flatMap(worldsOf))]),
  );
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    if (!spread(workflows, worlds, calleeOf)) break;
  }
  return {
    workflows,
    calleeOf,
    actionOf: (step) => findAction(workflows, step),
    worldsOf: (workflow) => worlds.get(workflow) ?? [],
  };
}

/** One level of calls; false when nothing new was found. */
function spread(
  workflows: readonly Workflow[],
  worlds: Map<Workflow, World[]>,
  calleeOf: (job: Job) => Workflow | null,
): boolean {
  let isNew = false;
  for (const workflow of workflows) {
    for (const job of workflow.jobs) {
      const own = worlds.get(workflow) ?? [];
      const callee = calleeOf(job);
      const called =
        callee === null
          ? []
          : [[callee, calledWorlds(workflow, job, { callee, worlds: own })] as const];
      for (const [target, found] of [...called, ...actionCalls(workflows, workflow, job, own)]) {
        const before = worlds.get(target) ?? [];
        const after = uniqueWorlds([...before, ...found]);
        isNew ||= after.length > before.length;
        worlds.set(target, after);
      }
    }
  }
  return isNew;
}

function calledWorlds(
  workflow: Workflow,
  job: Job,
  { callee, worlds }: { readonly callee: Workflow; readonly worlds: readonly World[] },
): World[] {
  const given = new Map([...callee.defaults, ...job.with]);
  return worlds
    .filter((world) => jobRuns(workflow, job, world) !== false)
    .map((world) => withInputs(world, given, environmentsOf(workflow, job, null)));
}

/** The repository's own actions that a job's steps use, each with the worlds in which it runs for certain. */
function actionCalls(
  workflows: readonly Workflow[],
  workflow: Workflow,
  job: Job,
  worlds: readonly World[],
): (readonly [Workflow, World[]])[] {
  return job.steps.flatMap((step) => {
    const action = findAction(workflows, step);
    if (action === null) return [];
    const given = new Map([...action.defaults, ...step.with]);
    const found = worlds
      .filter((world) => stepRuns(workflow, job, step, world) === true)
      .map((world) => withInputs(world, given, environmentsOf(workflow, job, step)));
    return [[action, found] as const];
  });
}

function withInputs(world: World, given: TextMap, environments: readonly TextMap[]): World {
  const lookup = lookupIn(world, ...environments);
  const inputs = [...given].map(([name, text]) => [name, valueOfText(text, lookup)] as const);
  return { ...world, inputs: new Map(inputs) };
}

function findAction(workflows: readonly Workflow[], step: Step): Workflow | null {
  const path = /^\.\/([^@]*)$/.exec(step.uses?.value ?? "")?.[1]?.replace(/\/+$/, "");
  if (path === undefined) return null;
  const names = ["action.yml", "action.yaml"].map((name) =>
    path === "" ? name : `${path}/${name}`,
  );
  const found = workflows.filter(
    ({ file, triggers }) =>
      triggers.length === 0 && names.some((name) => file === name || file.endsWith(`/${name}`)),
  );
  // An action at the root has the shortest name of all that end so.
  return found.toSorted((a, b) => a.file.length - b.file.length)[0] ?? null;
}

function findCallee(workflows: readonly Workflow[], job: Job): Workflow | null {
  const name = /^\.\/(\.github\/workflows\/[^/@]+)$/.exec(job.uses?.value ?? "")?.[1];
  if (name === undefined) return null;
  return workflows.find(({ file }) => file === name || file.endsWith(`/${name}`)) ?? null;
}

function uniqueWorlds(worlds: readonly World[]): World[] {
  const byKey = new Map(worlds.map((world) => [keyOf(world), world]));
  return [...byKey.values()].slice(0, MAX_WORLDS);
}

function keyOf({ inputs, ...world }: World): string {
  return JSON.stringify([world, inputs instanceof Map ? [...inputs] : inputs]);
}
