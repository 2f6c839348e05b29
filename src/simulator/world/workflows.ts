import { repositoryOf, type RepositoryReference } from "./find.ts";
import { findCommit } from "./git.ts";
import { inOrder } from "./order.ts";
import type { Repository, WorkflowState, WorldState } from "./state.ts";
import { allFiles, EMPTY_TREE, fileAt, type Tree } from "./tree.ts";
import { readWorkflowFile } from "./workflow-file.ts";

const FOLDER = ".github/workflows/";

export interface Workflow {
  readonly id: number;
  readonly path: string;
  readonly name: string;
  readonly state: WorkflowState;
}

function defaultFiles(state: WorldState, repository: Repository): Tree {
  const sha = repository.branches.get(repository.defaultBranch);
  return (sha === undefined ? null : findCommit(state, repository, sha))?.files ?? EMPTY_TREE;
}

/** The workflow at a path of the default branch; its id is given when it is first seen. */
function workflowAt(state: WorldState, repository: Repository, path: string): Workflow | null {
  const files = defaultFiles(state, repository);
  if (fileAt(files, path) === undefined || !/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) {
    return null;
  }
  const id = repository.workflowIds.get(path) ?? state.nextId("workflow");
  repository.workflowIds.set(path, id);
  return {
    id,
    path,
    name: readWorkflowFile(files, path)?.name ?? path,
    state: repository.workflowStates.get(path) ?? "active",
  };
}

/** Every workflow of the default branch, in path order. */
export function listWorkflows(state: WorldState, repository: Repository): Workflow[] {
  const paths = [...allFiles(defaultFiles(state, repository)).keys()].toSorted(inOrder);
  return paths.flatMap((path) => workflowAt(state, repository, path) ?? []);
}

/** A workflow by numeric id, file name or path; null unless it is on the default branch. */
export function findWorkflow(
  state: WorldState,
  repository: Repository,
  reference: string,
): Workflow | null {
  const byId = [...repository.workflowIds].find(([, id]) => String(id) === reference);
  return (
    workflowAt(state, repository, `${FOLDER}${reference}`) ??
    workflowAt(state, repository, byId?.[0] ?? reference)
  );
}

/** Verbs about workflows. */
export function workflowVerbs(state: WorldState) {
  return {
    /** Enables or disables a workflow by file name. */
    setWorkflowState(reference: RepositoryReference, file: string, to: WorkflowState): void {
      repositoryOf(state, reference).workflowStates.set(`${FOLDER}${file}`, to);
    },
    /** Switches Actions off or on for a whole repository. */
    setActionsEnabled(reference: RepositoryReference, enabled: boolean): void {
      repositoryOf(state, reference).actionsEnabled = enabled;
    },
  };
}
