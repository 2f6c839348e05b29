import { notFound, problem, type Answer } from "../answer.ts";
import type { RepositoryCall } from "../router.ts";
import { findCommit, peel } from "../world/git.ts";
import type { Repository, WorldState } from "../world/state.ts";
import { EMPTY_TREE } from "../world/tree.ts";
import { judgeInputs, readWorkflowFile } from "../world/workflow-file.ts";
import { findWorkflow, type Workflow } from "../world/workflows.ts";

const MAX_INPUTS = 25;

interface NamedRef {
  readonly name: string;
  readonly sha: string;
}

/** Dispatches take a branch or a tag, by short or full name, and never a SHA. */
function dispatchRef(state: WorldState, repository: Repository, ref: string): NamedRef | null {
  const name = ref.replace(/^refs\/(?:heads|tags)\//, "");
  const branch = ref.startsWith("refs/tags/") ? undefined : repository.branches.get(name);
  const tag = ref.startsWith("refs/heads/") ? undefined : repository.tags.get(name);
  const sha = branch ?? tag;
  const commit = sha === undefined ? null : findCommit(state, repository, peel(state, sha));
  return commit === null ? null : { name, sha: commit.sha };
}

/** The inputs of a request as text; null when they are no object. */
export function readInputs(value: unknown): Record<string, string> | null {
  if (value === undefined || value === null) {
    return {};
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    return null;
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
}

interface Asked {
  readonly ref: string;
  readonly given: Record<string, string>;
}

function judgeForm(body: RepositoryCall["body"]): Asked | Answer {
  const ref = body["ref"];
  const given = readInputs(body["inputs"]);
  if (typeof ref !== "string" || ref === "") {
    return problem(422, `Invalid request.\n\n"ref" wasn't supplied.`);
  }
  if (given === null) {
    return problem(422, "Invalid request.\n\nFor 'properties/inputs', is not an object.");
  }
  const count = Object.keys(given).length;
  return count > MAX_INPUTS
    ? problem(
        422,
        `Invalid request.\n\nNo more than ${MAX_INPUTS} properties are allowed; ${count} were supplied.`,
      )
    : { ref, given };
}

export interface Order {
  readonly workflow: Workflow;
  readonly ref: NamedRef;
  readonly inputs: Record<string, string>;
}

function judgeFile(
  state: WorldState,
  asked: Asked,
  at: { workflow: Workflow; ref: NamedRef },
): Order | Answer {
  const files = state.commits.get(at.ref.sha)?.files ?? EMPTY_TREE;
  const declared = readWorkflowFile(files, at.workflow.path)?.inputs ?? null;
  if (declared === null) {
    return problem(422, "Workflow does not have 'workflow_dispatch' trigger");
  }
  const verdict = judgeInputs(declared, asked.given);
  return verdict.ok ? { ...at, inputs: verdict.inputs } : problem(422, verdict.message);
}

/** Everything that GitHub checks before a run exists, in its own words. */
export function judgeDispatch(state: WorldState, call: RepositoryCall): Order | Answer {
  const { repository } = call;
  const asked = judgeForm(call.body);
  if ("status" in asked) {
    return asked;
  }
  const workflow = findWorkflow(state, repository, call.params["workflow"] ?? "");
  if (workflow === null) {
    return notFound();
  }
  if (!repository.actionsEnabled) {
    return problem(422, "Actions has been disabled for this repository.");
  }
  if (workflow.state !== "active") {
    return problem(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  }
  const ref = dispatchRef(state, repository, asked.ref);
  return ref === null
    ? problem(422, `No ref found for: ${asked.ref}`)
    : judgeFile(state, asked, { workflow, ref });
}
