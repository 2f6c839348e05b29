import { findUnbuildable } from "../../domain/buildable-platforms.ts";
import { CONFIGURATION_PATH, type Route } from "../../domain/configuration.ts";
import { formatProblems } from "../../domain/configuration-problem.ts";
import { matchesAny } from "../../domain/glob.ts";
import { failed, ok, skipped, type Verdict, warning } from "../check.ts";
import type { Check } from "../patient.ts";
import { type Routes, routesOf } from "../routes.ts";
import { needsRepository, type WithRepository } from "./needs-repository.ts";

/** Whether the repository's routes are valid, by the relay's own parser. */
export const configurationCheck: Check = {
  name: "configuration",
  title: "Route configuration",
  run: (patient) => needsRepository(patient, judge),
};

async function judge(patient: WithRepository): Promise<Verdict> {
  const routes = await routesOf(patient);
  switch (routes.kind) {
    case "file":
      return (
        (await judgePlatforms(patient, routes.routes)) ??
        (await judgeBranches(patient, routes.routes)) ??
        ok(
          `${CONFIGURATION_PATH} is valid: ${routes.routes.map(({ name }) => name).join(", ") || "no routes, only accepted sources"}.`,
        )
      );
    case "default":
      return (
        (await misnamed(patient)) ??
        ok(`No ${CONFIGURATION_PATH}: the default route publishes merges into the default branch.`)
      );
    case "unknown":
      return skipped("The configuration could not be read.");
    case "invalid":
      return failed({
        finding: `${CONFIGURATION_PATH} is not valid. ${formatProblems(routes.problems.slice(0, 5)).replaceAll("\n", ". ")}`,
        reason: "The relay rejects every merge (config-invalid) rather than guess what was meant.",
        remedy: `Correct ${routes.problems.length === 1 ? "that line" : "those lines"} on the default branch${suggestion(routes)}.`,
      });
  }
}

/** Names under which people put the file, and where nobody reads it. */
const OTHER_NAMES = [".github/merge-relay.yaml", "merge-relay.yml", ".merge-relay.yml"];

async function misnamed({ github }: WithRepository): Promise<Verdict | null> {
  for (const path of OTHER_NAMES) {
    if ((await github.file(path)).kind !== "known") continue;
    return failed({
      finding: `${path} is not read: the file must be ${CONFIGURATION_PATH}.`,
      reason: "Without it the default route publishes every merge into the default branch.",
      remedy: `Rename it on the default branch: git mv ${path} ${CONFIGURATION_PATH}`,
    });
  }
  return null;
}

/** How publish-image.yml refuses a platform; a workflow without it is somebody's own. */
const REFUSAL = "platforms: one of them is not known here.";

/** Platforms that the shipped workflow refuses as it starts, unless it was taught them. */
async function judgePlatforms(
  { github, facts }: WithRepository,
  routes: readonly Route[],
): Promise<Verdict | null> {
  for (const { name, builder, workflow, ref, platforms } of routes) {
    const found = findUnbuildable(platforms ?? []);
    if (builder !== null || found === null) continue;
    const path = `.github/workflows/${workflow}`;
    const file = await github.file(path, ref ?? facts.default_branch);
    const text = file.kind === "known" ? file.value : "";
    if (!text.includes(REFUSAL) || text.includes(found.platform)) continue;
    return failed({
      finding: `Route ${name}: ${found.message}.`,
      reason: `${path} refuses it, so that every run of the route ends at once.`,
      remedy: `${found.suggestion === null ? "Correct" : `Write ${found.suggestion} in`} \`platforms:\` in ${CONFIGURATION_PATH}, or name a workflow of your own (\`workflow:\`) that builds it.`,
    });
  }
  return null;
}

/** GitHub's page of branches; a repository that has more is not judged. */
const PAGE = 100;

async function judgeBranches(
  { github }: WithRepository,
  routes: readonly Route[],
): Promise<Verdict | null> {
  const branches = await github.branches();
  if (branches.kind !== "known" || branches.value.length >= PAGE) return null;
  const names = branches.value.map(({ name }) => name);
  const idle = routes.filter(
    ({ branches: globs }) => globs !== null && !names.some((name) => matchesAny(globs, name)),
  );
  if (idle.length === 0) return null;
  return warning({
    finding: `No branch matches ${idle.map(({ name, branches: globs }) => `${(globs ?? []).join(", ")} (route ${name})`).join("; ")}.`,
    reason: "A merge into any other branch is skipped: no-route.",
    remedy: `Correct \`branches:\` in ${CONFIGURATION_PATH}, if it is not for a branch to come. There are: ${names.slice(0, 10).join(", ")}.`,
  });
}

function suggestion({ problems }: Extract<Routes, { kind: "invalid" }>): string {
  const hints = problems.flatMap(({ line, suggestion: hint }) =>
    hint === null ? [] : [`line ${line}: \`${hint}\``],
  );
  return hints.length === 0 ? "" : ` (${hints.slice(0, 3).join("; ")})`;
}
