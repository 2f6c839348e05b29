import { NoOperationTraceWriter } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { childOf, placeOf, readDefaults, readText } from "./read-text.ts";
import { growsByAliases, MAX_LENGTH, readSteps } from "./read-workflow.ts";
import type { Workflow } from "./workflow.ts";

/** Whether a file is an action's description by its name. */
export function isActionFile(file: string): boolean {
  return /(?:^|\/)action\.ya?ml$/.test(file) && !/(?:^|\/)\.github\/workflows\//.test(file);
}

/**
 * A composite action as a workflow without triggers, which runs where its callers run; null for any
 * other action, and for what GitHub's parser cannot read. Never throws.
 */
export function readAction(file: string, text: string): Workflow | null {
  if (text.length > MAX_LENGTH || growsByAliases(text)) return null;
  try {
    const content = text.replace(/^\uFEFF/, "");
    const { value } = parseAction({ name: file, content }, new NoOperationTraceWriter());
    return value === undefined ? null : toWorkflow(file, value);
  } catch {
    return null;
  }
}

function toWorkflow(file: string, root: TemplateToken): Workflow | null {
  const runs = childOf(root, "runs");
  if (runs === null || readText(childOf(runs, "using"))?.value !== "composite") return null;
  const job = {
    id: readText(childOf(root, "name"))?.value ?? "composite",
    place: placeOf(runs),
    needs: [],
    condition: null,
    permissions: null,
    uses: null,
    with: new Map(),
    env: new Map(),
    matrix: new Map(),
    steps: readSteps(childOf(runs, "steps")),
  };
  const defaults = readDefaults(childOf(root, "inputs"));
  return { file, triggers: [], permissions: null, env: new Map(), jobs: [job], defaults };
}
