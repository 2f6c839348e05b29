import { empty, json, notFound, type Answer } from "../answer.ts";
import { pageOf } from "../paging.ts";
import type { Needs } from "../principal.ts";
import { presentWorkflow } from "../represent/run.ts";
import { repositoryApiUrl, repositoryWebUrl } from "../represent/urls.ts";
import { onRepository, type RepositoryCall, type Route } from "../router.ts";
import { fullName } from "../world/find.ts";
import { createRun } from "../world/runs.ts";
import type { WorldState } from "../world/state.ts";
import { findWorkflow, listWorkflows, type Workflow } from "../world/workflows.ts";
import { actorOf } from "./actor.ts";
import { judgeDispatch, readInputs } from "./judge-dispatch.ts";
import type { Room } from "./room.ts";
import { listRuns } from "./run-list.ts";

export const READS_ACTIONS: Needs = [{ actions: "read" }];
export const WRITES_ACTIONS: Needs = [{ actions: "write" }];
const RUN_DETAILS_ALWAYS = "2026-03-10";

function dispatch(room: Room, call: RepositoryCall): Answer {
  const { state } = room;
  const { repository, body } = call;
  const order = judgeDispatch(state, call);
  if ("status" in order) {
    return order;
  }
  const { workflow, ref, inputs } = order;
  const run = createRun(state, room.emit, {
    repository,
    workflow,
    event: "workflow_dispatch",
    headBranch: ref.name,
    headSha: ref.sha,
    inputs,
    actor: actorOf(state, call),
  });
  room.accept(
    {
      repositoryId: repository.id,
      repository: fullName(repository),
      workflow: workflow.path.split("/").at(-1) ?? workflow.path,
      ref: String(body["ref"]),
      inputs: readInputs(body["inputs"]) ?? {},
      runId: run.id,
      time: state.now(),
    },
    run,
  );
  const detailed = call.apiVersion >= RUN_DETAILS_ALWAYS || body["return_run_details"] === true;
  return detailed
    ? json(200, {
        workflow_run_id: run.id,
        run_url: `${repositoryApiUrl(state, repository)}/actions/runs/${run.id}`,
        html_url: `${repositoryWebUrl(state, repository)}/actions/runs/${run.id}`,
      })
    : empty(204);
}

function withWorkflow(
  state: WorldState,
  call: RepositoryCall,
  answer: (workflow: Workflow) => Answer,
): Answer {
  const workflow = findWorkflow(state, call.repository, call.params["workflow"] ?? "");
  return workflow === null ? notFound() : answer(workflow);
}

/** Workflows and their dispatch. */
export function workflowRoutes(room: Room): Route[] {
  const { state } = room;
  return [
    onRepository("GET /actions/workflows", READS_ACTIONS, (call) => {
      const workflows = listWorkflows(state, call.repository);
      const page = pageOf(state.url(), call.request, workflows);
      const items = page.items.map((one) => presentWorkflow(state, call.repository, one));
      return json(200, { total_count: workflows.length, workflows: items }, page.headers);
    }),
    onRepository("GET /actions/workflows/:workflow", READS_ACTIONS, (call) =>
      withWorkflow(state, call, (one) => json(200, presentWorkflow(state, call.repository, one))),
    ),
    onRepository("GET /actions/workflows/:workflow/runs", READS_ACTIONS, (call) =>
      withWorkflow(state, call, ({ id }) => listRuns(state, call, id)),
    ),
    onRepository("POST /actions/workflows/:workflow/dispatches", WRITES_ACTIONS, (call) =>
      dispatch(room, call),
    ),
    onRepository("PUT /actions/workflows/:workflow/enable", WRITES_ACTIONS, (call) =>
      withWorkflow(state, call, ({ path }) => {
        call.repository.workflowStates.set(path, "active");
        return empty(204);
      }),
    ),
  ];
}
