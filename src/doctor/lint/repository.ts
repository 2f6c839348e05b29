import { environmentsOf, jobRuns } from "./conditions.ts";
import type { Job, Workflow } from "./workflow.ts";
import { lookupIn, valueOfText, type World, worldsOf } from "./world.ts";

/** All workflows of a repository, and the worlds in which each may run: its own and its callers'. */
export interface Repository {
  readonly workflows: readonly Workflow[];
  worldsOf(workflow: Workflow): readonly World[];
  /** The local workflow that a job calls; null where it calls none, or one elsewhere. */
  calleeOf(job: Job): Workflow | null;
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
  return { workflows, calleeOf, worldsOf: (workflow) => worlds.get(workflow) ?? [] };
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
      const callee = calleeOf(job);
      if (callee === null) continue;
      const before = worlds.get(callee) ?? [];
      const after = uniqueWorlds([
        ...before,
        ...calledWorlds(workflow, job, worlds.get(workflow) ?? []),
      ]);
      isNew ||= after.length > before.length;
      worlds.set(callee, after);
    }
  }
  return isNew;
}

function calledWorlds(workflow: Workflow, job: Job, worlds: readonly World[]): World[] {
  return worlds
    .filter((world) => jobRuns(workflow, job, world) !== false)
    .map((world) => {
      const lookup = lookupIn(world, ...environmentsOf(workflow, job, null));
      const inputs = [...job.with].map(
        ([name, text]) => [name, valueOfText(text, lookup)] as const,
      );
      return { ...world, inputs: new Map(inputs) };
    });
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
