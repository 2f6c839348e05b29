import type { Route } from "../../domain/configuration.ts";
import { CONTRACT_INPUTS } from "../../domain/input-formats.ts";
import { failed, ok, skipped, type Verdict, warning } from "../check.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import type { WorkflowText } from "../workflow-text.ts";
import { eachWorkflowText, type TargetWorkflow } from "./each-workflow.ts";

const ALWAYS_SENT = ["dispatch_id", "sha", "branch", "pr"];
/** For a builder of other repositories only. */
const FOR_BUILDERS = "repository";

/** Whether the workflow declares what is sent to it: GitHub refuses an input that is not declared. */
export const workflowInputsCheck: Check = {
  name: "workflow-inputs",
  title: "Inputs of the workflow",
  run: (patient) => eachWorkflowText(patient, judge),
};

function judge({ inputs }: WorkflowText, target: TargetWorkflow): Verdict {
  const { path, routes, isForOthers } = target;
  if (inputs === null) return skipped("No workflow_dispatch trigger; see “workflow-file”.");
  const always = isForOthers ? [...ALWAYS_SENT, FOR_BUILDERS] : ALWAYS_SENT;
  const sent = new Set([...always, ...routes.flatMap(sentBy)]);
  const undeclared = [...sent].filter((name) => !inputs.has(name));
  if (undeclared.length > 0) return refusedInputs(path, undeclared);
  const demanded = [...inputs].flatMap(([name, { required, hasDefault }]) =>
    required && !hasDefault && !isAlwaysGiven(name, routes, always) ? [name] : [],
  );
  if (demanded.length > 0) {
    return failed({
      finding: `${path} requires ${demanded.join(", ")}, which a route does not send.`,
      reason: "GitHub refuses a dispatch without a required input (422).",
      remedy: `Take \`required: true\` away or give a default, or set ${demanded.join(", ")} in each route (own inputs under \`inputs:\`).`,
      link: LINKS.dispatch,
    });
  }
  const unused = CONTRACT_INPUTS.filter((name) => name !== FOR_BUILDERS && !inputs.has(name));
  if (unused.length > 0) {
    return warning({
      finding: `${path} does not declare ${unused.join(", ")}.`,
      reason: "Nothing sends that today; a route that does (or a release tag) would be refused.",
      remedy: `Add ${unused.map((name) => `\`${name}: { type: string }\``).join(", ")} under its inputs.`,
      link: LINKS.dispatch,
    });
  }
  return ok(`${path} declares all inputs.`);
}

function refusedInputs(path: string, undeclared: readonly string[]): Verdict {
  const why = undeclared.includes("dispatch_id")
    ? " Without dispatch_id a run whose start is in doubt cannot be found again."
    : "";
  return failed({
    finding: `${path} does not declare the input ${undeclared.join(", ")}.`,
    reason: `GitHub refuses a dispatch with an unknown input (422: inputs-refused).${why}`,
    remedy: `Add ${undeclared.map((name) => `\`${name}: { type: string }\``).join(", ")} under \`on.workflow_dispatch.inputs\`.`,
    link: LINKS.dispatch,
  });
}

/** What a route adds to the inputs that are always sent. */
function sentBy(route: Route): string[] {
  return [
    ...(route.on.includes("tag") ? ["tag"] : []),
    ...(["image", "platforms", "context", "file"] as const).filter((name) => route[name] !== null),
    ...Object.keys(route.inputs),
  ];
}

/** `pr` is sent for tags and pushes too, but empty, and an empty required input is refused. */
function isAlwaysGiven(name: string, routes: readonly Route[], always: readonly string[]): boolean {
  if (name === "pr") return routes.every(({ on }) => on.every((event) => event === "merge"));
  return (
    always.includes(name) || routes.every((route) => name !== "tag" && sentBy(route).includes(name))
  );
}
