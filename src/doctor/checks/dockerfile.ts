import type { Route } from "../../domain/configuration.ts";
import { matchesGlob } from "../../domain/glob.ts";
import { ok, skipped, unknown, type Verdict, warning } from "../check.ts";
import { describe, troubleWith } from "../facts.ts";
import type { Check } from "../patient.ts";
import { readWorkflow } from "../workflow-text.ts";
import { eachWorkflow, type TargetWorkflow } from "./each-workflow.ts";
import type { WithRepository } from "./needs-repository.ts";
import { worstOf } from "./worst-of.ts";

/**
 * Whether each route's Dockerfile is there. A warning: a workflow of one's own may make it first, and
 * one that has no use for the inputs `context` and `file` is not asked.
 */
export const dockerfileCheck: Check = {
  name: "dockerfile",
  title: "Dockerfile",
  run: (patient) => eachWorkflow(patient, judge),
};

async function judge(target: TargetWorkflow, patient: WithRepository): Promise<Verdict> {
  if (target.isForOthers) return skipped("The Dockerfiles are in other repositories.");
  const workflow = await patient.github.file(target.path, target.ref);
  const read = workflow.kind === "known" ? readWorkflow(workflow.value) : null;
  if (read?.kind !== "read") return skipped(`${target.path} could not be read.`);
  const { inputs } = read.workflow;
  if (!inputs?.has("context") || !inputs.has("file")) {
    return skipped(`${target.path} does not ask where the Dockerfile is.`);
  }
  const { default_branch: branch } = patient.facts;
  const routes = target.routes.filter(
    ({ branches }) => branches?.some((pattern) => matchesGlob(pattern, branch)) ?? true,
  );
  if (routes.length === 0) return skipped(`No route is for “${branch}”.`);
  return worstOf(await Promise.all(routes.map((route) => judgeRoute(route, patient))));
}

async function judgeRoute(route: Route, patient: WithRepository): Promise<Verdict> {
  const { github, facts, fullName } = patient;
  const path = dockerfileOf(route);
  const file = await github.file(path, facts.default_branch);
  if (file.kind === "known") return ok(`${path} is there.`);
  if (file.kind === "unknown") {
    const finding = `${path} is not readable: ${describe(file)}.`;
    return unknown({ finding, reason: `Asked about ${fullName}.`, ...troubleWith(file) });
  }
  return warning({
    finding: `${fullName} has no ${path} on “${facts.default_branch}” (route ${route.name}).`,
    reason: "The build ends at once: it finds no Dockerfile.",
    remedy:
      "Add it there, or say where it is by `context:` and `file:` of the route in .github/merge-relay.yml; both count from the repository's root.",
  });
}

function dockerfileOf({ context, file }: Route): string {
  const path = file ?? `${context ?? "."}/Dockerfile`;
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
