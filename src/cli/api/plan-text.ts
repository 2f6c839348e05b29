/** A plan at a terminal: the same words as in the API, on the dashboard and in the comment. */
import type { ShownPlan, ShownStep } from "./answers.ts";
import { clean, type Paint } from "./paint.ts";

/** The verdict, each route, and every rule that was tried. Ends with a line break. */
export function formatPlan(plan: ShownPlan, paint: Paint): string {
  const verdict = plan.reason === null ? plan.verdict : `${plan.verdict}: ${plan.reason}`;
  return [
    `${paint("bold", "Verdict")}     ${paint(plan.verdict === "dispatch" ? "green" : "red", clean(verdict))}`,
    ...subjectLines(plan, paint),
    ...(plan.remedy === null ? [] : [`${paint("bold", "What to do")}  ${clean(plan.remedy)}`]),
    ...routeLines(plan, paint),
    "",
    paint("bold", "The rules that were tried"),
    ...traceLines(plan.trace, paint),
    "",
  ].join("\n");
}

/** One line for each rule: its verdict, what it saw, and what would have to change. */
function traceLines(trace: readonly ShownStep[], paint: Paint): string[] {
  if (trace.length === 0) return ["  No rule has been tried yet."];
  return trace.map(({ rule, route, saw, passed, change }) => {
    const mark = passed ? paint("green", "✓") : paint("red", "✗");
    const where = route === null ? "" : ` (${clean(route)})`;
    const mend = change === null ? "" : ` — ${clean(change)}`;
    return `  ${mark} ${paint("bold", clean(rule))}${where}: ${clean(saw)}${mend}`;
  });
}

function subjectLines({ pull_request, tag, sha, branch }: ShownPlan, paint: Paint): string[] {
  const named = [
    pull_request === null ? null : `pull request #${pull_request}`,
    tag === null ? null : `tag ${tag}`,
    sha === null ? null : `commit ${sha}`,
    branch === null ? null : `branch ${branch}`,
  ].filter((part) => part !== null);
  return named.length === 0 ? [] : [`${paint("bold", "Subject")}     ${clean(named.join(", "))}`];
}

function routeLines({ routes }: ShownPlan, paint: Paint): string[] {
  if (routes.length === 0) return [];
  const lines = routes.flatMap(
    ({ route, verdict, reason, remedy, builder, workflow, ref, image }) => {
      const why = reason === null ? "" : ` (${reason})`;
      const where = `${workflow} in ${builder} at ${ref}${image === null ? "" : `, image ${image}`}`;
      return [
        `  ${paint("bold", clean(route))}  ${paint(verdict === "dispatch" ? "green" : "red", clean(verdict + why))}`,
        `    ${clean(where)}`,
        ...(remedy === null ? [] : [`    ${clean(remedy)}`]),
      ];
    },
  );
  return ["", paint("bold", "Routes"), ...lines];
}
