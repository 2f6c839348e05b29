import { CONFIGURATION_PATH } from "../../domain/configuration.ts";
import { formatProblems } from "../../domain/configuration-problem.ts";
import { failed, ok, skipped, type Verdict } from "../check.ts";
import type { Check } from "../patient.ts";
import { type Routes, routesOf } from "../routes.ts";
import { needsRepository } from "./needs-repository.ts";

/** Whether the repository's routes are valid, by the relay's own parser. */
export const configurationCheck: Check = {
  name: "configuration",
  title: "Route configuration",
  run: (patient) => needsRepository(patient, async (whole) => judge(await routesOf(whole))),
};

function judge(routes: Routes): Verdict {
  switch (routes.kind) {
    case "file":
      return ok(
        `${CONFIGURATION_PATH} is valid: ${routes.routes.map(({ name }) => name).join(", ") || "no routes, only accepted sources"}.`,
      );
    case "default":
      return ok(
        `No ${CONFIGURATION_PATH}: the default route publishes merges into the default branch.`,
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

function suggestion({ problems }: Extract<Routes, { kind: "invalid" }>): string {
  const hints = problems.flatMap(({ line, suggestion: hint }) =>
    hint === null ? [] : [`line ${line}: \`${hint}\``],
  );
  return hints.length === 0 ? "" : ` (${hints.slice(0, 3).join("; ")})`;
}
