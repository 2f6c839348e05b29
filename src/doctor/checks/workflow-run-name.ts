import { failed, ok, skipped, type Verdict } from "../check.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import type { WorkflowText } from "../workflow-text.ts";
import { eachWorkflowText, type TargetWorkflow } from "./each-workflow.ts";

/** An expression that uses the dispatch id, wherever in the expression. */
const CARRIES_ID = /\$\{\{(?:(?!\}\}).)*\binputs(?:\.dispatch_id\b|\[\s*'dispatch_id'\s*\])/s;

/** Whether a run can be recognised: exactly once rests on the dispatch id in the run's name. */
export const workflowRunNameCheck: Check = {
  name: "workflow-run-name",
  title: "Name of the run",
  run: (patient) => eachWorkflowText(patient, judge),
};

function judge({ runName, inputs }: WorkflowText, { path }: TargetWorkflow): Verdict {
  if (inputs === null) return skipped("No workflow_dispatch trigger; see “workflow-file”.");
  if (CARRIES_ID.test(runName)) return ok(`${path} shows the dispatch id in its run-name.`);
  return failed({
    finding:
      runName === ""
        ? `${path} has no run-name.`
        : `The run-name of ${path} does not show the dispatch id.`,
    reason:
      "When GitHub's answer to a dispatch is lost, the run is found by that id; without it a repeat could build twice.",
    remedy: `Add at its top level: run-name: "Publish \${{ inputs.sha }} [\${{ inputs.dispatch_id }}]"`,
    link: LINKS.workflowSyntax,
  });
}
