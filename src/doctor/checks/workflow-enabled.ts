import { failed, ok, skipped, unknown, type Verdict } from "../check.ts";
import { describe, troubleWith } from "../facts.ts";
import type { Check } from "../patient.ts";
import { eachWorkflow, type TargetWorkflow } from "./each-workflow.ts";
import type { WithRepository } from "./needs-repository.ts";

const WHY: Readonly<Record<string, string>> = {
  disabled_manually: "Somebody disabled it.",
  disabled_inactivity: "GitHub disabled it after 60 days without activity.",
  disabled_fork: "GitHub disables the workflows of a fork until its owner enables them.",
};

/** Whether GitHub would start it. */
export const workflowEnabledCheck: Check = {
  name: "workflow-enabled",
  title: "Workflow enabled",
  run: (patient) => eachWorkflow(patient, judge),
};

async function judge(target: TargetWorkflow, patient: WithRepository): Promise<Verdict> {
  const { github, facts, fullName, repository } = patient;
  if (facts.archived) {
    return failed({
      finding: `${fullName} is archived.`,
      reason: "GitHub runs nothing in an archived repository.",
      remedy: "Unarchive it, or uninstall the App there.",
    });
  }
  const workflow = await github.workflow(target.file);
  if (workflow.kind === "absent") {
    return skipped(`GitHub lists no workflow ${target.file}; see “workflow-file”.`);
  }
  if (workflow.kind === "unknown") {
    const finding = `Not known: ${describe(workflow)}.`;
    return unknown({ finding, reason: target.path, ...troubleWith(workflow) });
  }
  const { state } = workflow.value;
  if (state === "active") return ok(`${target.file} is enabled.`);
  return failed({
    finding: `${target.file} is disabled (${state}).`,
    reason: `${WHY[state] ?? "GitHub does not run it."} A dispatch is refused: workflow-disabled.`,
    remedy: `Actions tab → the workflow → “Enable workflow”, or: gh workflow enable ${target.file} --repo ${repository?.owner}/${repository?.name}`,
    link: `${github.web}/${fullName}/actions/workflows/${target.file}`,
  });
}
