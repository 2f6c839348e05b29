import { ok, skipped, type Verdict, warning } from "../check.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import type { Concurrency, WorkflowText } from "../workflow-text.ts";
import { eachWorkflowText, type TargetWorkflow } from "./each-workflow.ts";

/** What is the same in every dispatch of one branch. */
const SAME_FOR_ALL =
  /^(?:github\.(?:workflow|workflow_ref|ref|ref_name|ref_type|repository|repository_owner|head_ref|base_ref|event_name|job|event\.pull_request\.[\w.]+|event\.number)|inputs\.(?:branch|image|repository|context|file|platforms)|vars\.\w+)$/i;
const EXPRESSION = /\$\{\{(.*?)\}\}/gs;
const NAME = /\b[a-z]\w*(?:\.[\w-]+)+/gi;

/** Whether one merge's run makes an end of another's: a group of runs has room for two. */
export const workflowConcurrencyCheck: Check = {
  name: "workflow-concurrency",
  title: "Runs side by side",
  run: (patient) => eachWorkflowText(patient, judge),
};

function judge({ concurrency, inputs }: WorkflowText, { path }: TargetWorkflow): Verdict {
  if (inputs === null) return skipped("No workflow_dispatch trigger; see “workflow-file”.");
  const shared = concurrency.filter(({ group }) => isShared(group));
  const cancelling = shared.find(({ cancels }) => cancels);
  if (cancelling) return cancelled(path, cancelling);
  const short = shared.find(({ queue }) => queue !== "max");
  return short ? crowded(path, short) : ok(`No run of ${path} ends another's.`);
}

/** Whether merges into one branch meet in the group. An expression that is not known keeps them apart. */
function isShared(group: string): boolean {
  return [...group.matchAll(EXPRESSION)].every(([, expression = ""]) => {
    const names = expression.replaceAll(/'[^']*'/g, "").match(NAME) ?? [];
    return names.every((name) => SAME_FOR_ALL.test(name)) && !expression.includes("[");
  });
}

function cancelled(path: string, { place }: Concurrency): Verdict {
  return warning({
    finding: `${place} of ${path} cancels the run of an earlier merge.`,
    reason:
      "Its `concurrency:` group is the same for every merge into a branch, and `cancel-in-progress` is true: of two merges within minutes the first gets no image.",
    remedy:
      "Write `cancel-in-progress: false` and `queue: max`, or put `${{ inputs.sha }}` into the group.",
    link: LINKS.workflowSyntax,
  });
}

function crowded(path: string, { place }: Concurrency): Verdict {
  return warning({
    finding: `${place} of ${path} lets one run wait, and cancels what waited before it.`,
    reason:
      "Its `concurrency:` group is the same for every merge into a branch: of three merges within one build the second gets no image.",
    remedy: "Add `queue: max` to that `concurrency:`, or put `${{ inputs.sha }}` into the group.",
    link: LINKS.workflowSyntax,
  });
}
