import { CONFIGURATION_PATH } from "../../domain/configuration.ts";
import { failed, ok, unknown, type Verdict } from "../check.ts";
import { describe, troubleWith } from "../facts.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import { readWorkflow } from "../workflow-text.ts";
import { eachWorkflow, type TargetWorkflow } from "./each-workflow.ts";
import type { WithRepository } from "./needs-repository.ts";

const FEW_BRANCHES = 20;
const FEW_FILES = 30;

/** Whether the workflow is where GitHub starts it from, can be read, and may be dispatched. */
export const workflowFileCheck: Check = {
  name: "workflow-file",
  title: "Publish workflow",
  run: (patient) => eachWorkflow(patient, judge),
};

async function judge(target: TargetWorkflow, patient: WithRepository): Promise<Verdict> {
  const { facts, github } = patient;
  const onDefault = await github.file(target.path, facts.default_branch);
  if (onDefault.kind === "absent") return missing(target, patient);
  const file =
    target.ref === facts.default_branch ? onDefault : await github.file(target.path, target.ref);
  if (file.kind === "absent") {
    return failed({
      finding: `${target.path} is not on “${target.ref}”, which a route dispatches on.`,
      reason: "GitHub runs the file as it is at that ref.",
      remedy: `Put it there too, or take \`ref: ${target.ref}\` out of the route.`,
      link: LINKS.dispatch,
    });
  }
  if (file.kind !== "known") {
    const finding = `Not readable: ${describe(file)}.`;
    return unknown({ finding, reason: target.path, ...troubleWith(file) });
  }
  return judgeText(target, file.value);
}

function judgeText({ path }: TargetWorkflow, text: string): Verdict {
  const read = readWorkflow(text);
  if (read.kind === "unreadable") {
    return failed({
      finding: `${path} cannot be read: ${read.why}.`,
      reason: "GitHub cannot run it either.",
      remedy: "Correct it, or put the original back with `merge-relay init`.",
      link: LINKS.workflowSyntax,
    });
  }
  if (read.workflow.inputs === null) {
    return failed({
      finding: `${path} has no workflow_dispatch trigger.`,
      reason: "GitHub refuses the dispatch (422), and every merge is rejected.",
      remedy:
        "Add `workflow_dispatch:` with the relay's inputs under `on:`; `merge-relay init` writes a file that has them.",
      link: LINKS.dispatch,
    });
  }
  return ok(`${path} is there and can be dispatched.`);
}

/** Another workflow there that was made for the relay, such as a renamed one. */
async function publisher({ github, facts }: WithRepository): Promise<string | null> {
  const known = await github.workflows();
  for (const { path } of known.kind === "known" ? known.value.workflows.slice(0, FEW_FILES) : []) {
    const file = await github.file(path, facts.default_branch);
    const read = file.kind === "known" ? readWorkflow(file.value) : null;
    if (read?.kind === "read" && read.workflow.inputs?.has("dispatch_id") === true) return path;
  }
  return null;
}

/** Looks whether the file only has not been merged yet. */
async function missing(target: TargetWorkflow, patient: WithRepository): Promise<Verdict> {
  const { facts, github, fullName } = patient;
  const branches = await github.branches();
  const others = branches.kind === "known" ? branches.value.map(({ name }) => name) : [];
  for (const branch of others
    .filter((name) => name !== facts.default_branch)
    .slice(0, FEW_BRANCHES)) {
    if ((await github.file(target.path, branch)).kind === "known") {
      return failed({
        finding: `${target.path} is on the branch “${branch}”, but not on “${facts.default_branch}”.`,
        reason: "GitHub starts a dispatch only for a file on the default branch.",
        remedy: `Merge it into “${facts.default_branch}”.`,
        link: LINKS.dispatch,
      });
    }
  }
  const other = await publisher(patient);
  if (other !== null) {
    return failed({
      finding: `${fullName} has no ${target.path}, but ${other} takes a dispatch_id.`,
      reason: "The relay starts the file that the route names, by default publish-image.yml.",
      remedy: `Say \`workflow: ${other.split("/").at(-1)}\` in the route of ${CONFIGURATION_PATH}, or rename the file to ${target.file}.`,
      link: LINKS.dispatch,
    });
  }
  return failed({
    finding: `${fullName} has no ${target.path} on “${facts.default_branch}”.`,
    reason: "There is nothing that the relay could start.",
    remedy: `Run \`merge-relay init\` in the repository and merge what it adds, or name another file in the route (\`workflow:\`).`,
    link: LINKS.dispatch,
  });
}
