import { repositoryOf, type RepositoryReference } from "./find.ts";
import { findCommit, inOrder } from "./git.ts";
import type { Repository, WorkflowState, WorldState } from "./state.ts";
import { readWorkflowFile } from "./workflow-file.ts";

const FOLDER = ".github/workflows/";

export interface Workflow {
  readonly id: number;
  readonly path: string;
  readonly name: string;
  readonly state: WorkflowState;
}

function defaultFiles(state: WorldState, repository: Repository) {
  const sha = repository.branches.get(repository.defaultBranch);
  return (sha === undefined ? null : findCommit(state, repository, sha))?.files ?? new Map();
}

/** Every workflow of the default branch; an id is given when a path is first seen. */
export function listWorkflows(state: WorldState, repository: Repository): Workflow[] {
  const files = defaultFiles(state, repository);
  const paths = [...files.keys()].filter(
    (path) => path.startsWith(FOLDER) && /\.ya?ml$/.test(path),
  );
  return paths.toSorted(inOrder).map((path) => {
    const id = repository.workflowIds.get(path) ?? state.nextId("workflow");
    repository.workflowIds.set(path, id);
    return {
      id,
      path,
      name: readWorkflowFile(files, path)?.name ?? path,
      state: repository.workflowStates.get(path) ?? "active",
    };
  });
}

/** A workflow by numeric id, file name or path; null unless it is on the default branch. */
export function findWorkflow(
  state: WorldState,
  repository: Repository,
  reference: string,
): Workflow | null {
  return (
    listWorkflows(state, repository).find(
      ({ id, path }) =>
        String(id) === reference || path === reference || path === `${FOLDER}${reference}`,
    ) ?? null
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
