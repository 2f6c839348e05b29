/** Which facts a decision still lacks. Pure; the ledger fetches them and asks again. */
import type { Route } from "./configuration.ts";
import { DEFAULT_WORKFLOW } from "./configuration-schema.ts";
import { type Facts, fullName, workflowKey } from "./facts.ts";
import { AUTOMATIC, type Question } from "./decide.ts";
import { branchGlobs, isStartedBy } from "./route-match.ts";
import { matchesAny } from "./glob.ts";

export type Need =
  | { readonly kind: "changed-files"; readonly pullRequest: number }
  | { readonly kind: "builder"; readonly owner: string; readonly name: string }
  | { readonly kind: "workflow"; readonly builder: Route["builder"]; readonly file: string };

/**
 * The facts to fetch next, for the routes that could still match; empty when `decide` has all that
 * it can have. Facts that turned out to be absent count as known.
 */
export function missingFacts(facts: Facts, question: Question = AUTOMATIC): Need[] {
  const { configuration } = facts;
  if (configuration.kind === "invalid") return [];
  if (configuration.kind === "absent") return needWorkflow(facts, null, DEFAULT_WORKFLOW);
  const routes = configuration.configuration.routes.filter((route) =>
    couldMatch(route, facts, question),
  );
  const needs = routes.flatMap((route) => [
    ...needFiles(route, facts),
    ...needBuilder(route, facts),
    ...needWorkflow(facts, route.builder, route.workflow),
  ]);
  const seen = new Set<string>();
  return needs.filter((need) => {
    const key = JSON.stringify(need);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function couldMatch(route: Route, facts: Facts, question: Question): boolean {
  const { subject, repository } = facts;
  const globs = branchGlobs(route, repository.defaultBranch);
  switch (subject.kind) {
    case "merge":
      return (
        isStartedBy(route, "merge", question) &&
        subject.pull !== "absent" &&
        matchesAny(globs, subject.pull.baseBranch)
      );
    case "push":
      return isStartedBy(route, "push", question) && matchesAny(globs, subject.branch);
    case "tag":
      return isStartedBy(route, "tag", question) && matchesAny(route.tags, subject.tag);
  }
}

function needFiles(route: Route, facts: Facts): Need[] {
  const { subject, changedFiles } = facts;
  if (route.paths === null || changedFiles !== null || subject.kind !== "merge") return [];
  return [{ kind: "changed-files", pullRequest: subject.pullRequest }];
}

function needBuilder(route: Route, facts: Facts): Need[] {
  if (route.builder === null) return [];
  return facts.builders.has(fullName(route.builder).toLowerCase())
    ? []
    : [{ kind: "builder", ...route.builder }];
}

function needWorkflow(facts: Facts, builder: Route["builder"], file: string): Need[] {
  const holder = builder === null ? facts.repository : presentBuilder(facts, builder);
  if (holder === null || facts.workflows.has(workflowKey(holder, file))) return [];
  return [{ kind: "workflow", builder, file }];
}

function presentBuilder(facts: Facts, builder: NonNullable<Route["builder"]>) {
  const known = facts.builders.get(fullName(builder).toLowerCase());
  return known?.kind === "present" ? known.repository : null;
}
