import { presentRun, presentWorkflowOf } from "../represent/run.ts";
import { repositoryOf } from "../world/find.ts";
import type { Run, WorldEvent, WorldState } from "../world/state.ts";
import { repositoryEvent } from "./event.ts";

/** A `workflow_run` event: `requested`, `in_progress` or `completed`. */
export function workflowRunEvent(state: WorldState, run: Run, action: string): WorldEvent {
  return repositoryEvent(state, repositoryOf(state, run.repositoryId), {
    name: "workflow_run",
    action,
    sender: run.triggeringActor,
    body: { workflow_run: presentRun(state, run), workflow: presentWorkflowOf(state, run) },
  });
}
