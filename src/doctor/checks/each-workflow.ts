import { DEFAULT_ROUTE, type Route } from "../../domain/configuration.ts";
import { skipped, type Verdict } from "../check.ts";
import type { Patient } from "../patient.ts";
import { ownRoutes, routesOf, sourcesOf } from "../routes.ts";
import { readWorkflow, type WorkflowText } from "../workflow-text.ts";
import { needsRepository, type WithRepository } from "./needs-repository.ts";
import { worstOf } from "./worst-of.ts";

/** One workflow file that routes of this repository run. */
export interface TargetWorkflow {
  readonly file: string;
  readonly path: string;
  /** The branch or tag that its dispatch names; the file is taken from there. */
  readonly ref: string;
  /** Of a builder for others, whose routes are in their files: the default one. */
  readonly routes: readonly Route[];
  /** Whether other repositories' routes run it, and send the input that names theirs. */
  readonly isForOthers: boolean;
}

/** Judges every workflow that the routes name; the worst verdict stands for all. */
export function eachWorkflow(
  patient: Patient,
  judge: (target: TargetWorkflow, patient: WithRepository) => Promise<Verdict>,
): Promise<Verdict> {
  return needsRepository(patient, async (whole) => {
    const routes = await routesOf(whole);
    const sources = sourcesOf(routes);
    if (sources !== null) return forOthers(whole, sources, judge);
    const targets = group(ownRoutes(routes), whole.facts.default_branch);
    if (targets.length === 0) {
      return skipped("Every route runs a workflow in another repository; see “builders”.");
    }
    return worstOf(await Promise.all(targets.map((target) => judge(target, whole))));
  });
}

/** A builder's workflow is named by the routes of others; the usual name is looked at. */
async function forOthers(
  whole: WithRepository,
  sources: string,
  judge: (target: TargetWorkflow, patient: WithRepository) => Promise<Verdict>,
): Promise<Verdict> {
  const usual = targetOf([DEFAULT_ROUTE], DEFAULT_ROUTE, whole.facts.default_branch);
  const file = await whole.github.file(usual.path, usual.ref);
  if (file.kind !== "absent") return judge({ ...usual, isForOthers: true }, whole);
  return skipped(
    `${whole.fullName} has no route and no ${usual.path}: it builds for ${sources}, and their routes name the workflow here.`,
    "Look at one of them, by --repo OWNER/NAME: “builders” then judges this repository too.",
  );
}

/** The same for checks of the file's text; an absent or unreadable file is another check's finding. */
export function eachWorkflowText(
  patient: Patient,
  judge: (workflow: WorkflowText, target: TargetWorkflow, patient: WithRepository) => Verdict,
): Promise<Verdict> {
  return eachWorkflow(patient, async (target, whole) => {
    const file = await whole.github.file(target.path, target.ref);
    const read = file.kind === "known" ? readWorkflow(file.value) : null;
    return read?.kind === "read"
      ? judge(read.workflow, target, whole)
      : skipped(`${target.path} could not be read; see “workflow-file”.`);
  });
}

function group(routes: readonly Route[], defaultBranch: string): TargetWorkflow[] {
  const groups = new Map<string, TargetWorkflow>();
  for (const route of routes) {
    const key = JSON.stringify([route.workflow, route.ref ?? defaultBranch]);
    const all = [...(groups.get(key)?.routes ?? []), route];
    groups.set(key, targetOf(all, route, defaultBranch));
  }
  return [...groups.values()];
}

function targetOf(
  routes: readonly Route[],
  { workflow, ref }: Route,
  defaultBranch: string,
): TargetWorkflow {
  return {
    file: workflow,
    path: `.github/workflows/${workflow}`,
    ref: ref ?? defaultBranch,
    routes,
    isForOthers: false,
  };
}
