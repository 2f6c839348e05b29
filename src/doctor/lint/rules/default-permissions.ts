import type { Breach, Rule } from "../finding.ts";
import { permissionsOf, type Workflow } from "../workflow.ts";

/** Jobs whose token has whatever the repository's settings say. */
export const defaultPermissions: Rule = {
  id: "default-permissions",
  title: "Permissions are left to the repository's settings",
  level: "warning",
  why: "Without `permissions:` the token has what the repository or organization has set as default: perhaps everything, perhaps too little for a push, and it changes without a commit.",
  remedy:
    "Begin the workflow with `permissions: {}` and give each job what it needs, e.g. `contents: read`.",
  check: (repository) => repository.workflows.flatMap(judge),
};

function judge(workflow: Workflow): Breach[] {
  // Where only others call it, the caller's permissions hold.
  if (workflow.triggers.every(({ event }) => event === "workflow_call")) return [];
  const open = workflow.jobs.filter((job) => permissionsOf(workflow, job) === null);
  const [first] = open;
  if (first === undefined) return [];
  const names = open.map(({ id }) => `\`${id}\``).join(", ");
  const says = open.length === 1 ? `Job ${names} does` : `The jobs ${names} do`;
  return [
    { file: workflow.file, place: first.place, message: `${says} not say what the token may do.` },
  ];
}
