import { failed, ok, type Verdict, warning } from "../check.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import { imageOf } from "../routes.ts";
import type { WorkflowText } from "../workflow-text.ts";
import { eachWorkflowText, type TargetWorkflow } from "./each-workflow.ts";
import type { WithRepository } from "./needs-repository.ts";

/** Whether the job that pushes may write packages. */
export const workflowPermissionsCheck: Check = {
  name: "workflow-permissions",
  title: "Permissions of the publishing job",
  run: (patient) => eachWorkflowText(patient, judge),
};

function judge({ jobs }: WorkflowText, target: TargetWorkflow, patient: WithRepository): Verdict {
  const { path } = target;
  if (!target.routes.some((route) => isGitHubs(imageOf(route, patient)))) {
    return ok(`${path} pushes to another registry than GitHub's, with its own credential.`);
  }
  const pushing = jobs.filter((job) => job.pushes);
  const writes = jobs.filter((job) => job.packages === "write");
  const lacking = pushing.filter((job) => job.packages !== "write" && job.packages !== null);
  if (lacking.length > 0 || (pushing.length === 0 && writes.length === 0 && !anyUnsaid(jobs))) {
    return tooLittle(
      path,
      lacking.map((job) => job.name),
    );
  }
  if (pushing.length > 0 ? anyUnsaid(pushing) : writes.length === 0) {
    return warning({
      finding: `${path} names no permissions, so the repository's default decides.`,
      reason: "The default of new repositories is read-only, and its push is then refused (403).",
      remedy:
        "Name them in the job that pushes: `permissions: { contents: read, packages: write }`.",
      link: LINKS.workflowSyntax,
    });
  }
  return ok(`${path} may write packages in ${writes.map((job) => job.name).join(", ")}.`);
}

function tooLittle(path: string, jobs: readonly string[]): Verdict {
  const where = jobs.length === 0 ? "No job" : `The job ${jobs.join(", ")}`;
  const may = jobs.length === 0 ? "may write packages" : "pushes without packages: write";
  return failed({
    finding: `${where} of ${path} ${may}.`,
    reason: "Permissions that are named leave out all others: the push ends with 403 Forbidden.",
    remedy: `Add \`packages: write\` to the \`permissions:\` of ${jobs.length === 0 ? "the job that pushes" : `the job ${jobs.join(", ")}`} in ${path}.`,
    link: LINKS.workflowSyntax,
  });
}

function anyUnsaid(jobs: WorkflowText["jobs"]): boolean {
  return jobs.some((job) => job.packages === null);
}

function isGitHubs(image: string): boolean {
  return image.startsWith("ghcr.io/") || image.startsWith("containers.");
}
