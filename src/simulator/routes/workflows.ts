import { empty, json, notFound, problem, type Answer } from "../answer.ts";
import { pageOf } from "../paging.ts";
import type { Needs } from "../principal.ts";
import { presentRun, presentWorkflow } from "../represent/run.ts";
import { repositoryApiUrl, repositoryWebUrl } from "../represent/urls.ts";
import type { Call, RepositoryCall, Route } from "../router.ts";
import { account, appBot } from "../world/accounts.ts";
import { fullName } from "../world/find.ts";
import { findCommit, peel } from "../world/git.ts";
import { createRun } from "../world/runs.ts";
import type { Account, Repository, Run, WorldState } from "../world/state.ts";
import { judgeInputs, readWorkflowFile } from "../world/workflow-file.ts";
import { findWorkflow, listWorkflows, type Workflow } from "../world/workflows.ts";
import type { Room } from "./room.ts";

export const READS_ACTIONS: Needs = [{ actions: "read" }];
export const WRITES_ACTIONS: Needs = [{ actions: "write" }];
const MAX_INPUTS = 25;
const RUN_DETAILS_ALWAYS = "2026-03-10";

/** The account that an action counts as: the App's bot, or the person. */
export function actorOf(state: WorldState, call: Call): Account {
  return "login" in call.principal ? account(state, call.principal.login) : appBot(state);
}

interface NamedRef {
  readonly name: string;
  readonly sha: string;
}

/** Dispatches take a branch or a tag, by short or full name, and never a SHA. */
function dispatchRef(state: WorldState, repository: Repository, ref: string): NamedRef | null {
  const name = ref.replace(/^refs\/(?:heads|tags)\//, "");
  const tag = repository.tags.get(name);
  const branch = ref.startsWith("refs/tags/") ? undefined : repository.branches.get(name);
  const sha = branch ?? (ref.startsWith("refs/heads/") ? undefined : tag);
  const commit = sha === undefined ? null : findCommit(state, repository, peel(state, sha));
  return commit === null ? null : { name, sha: commit.sha };
}

function readInputs(value: unknown): Record<string, string> | null {
  if (value === undefined || value === null) {
    return {};
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    return null;
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
}

interface Order {
  readonly workflow: Workflow;
  readonly ref: NamedRef;
  readonly inputs: Record<string, string>;
}

/** Everything that GitHub checks before a run exists, in its own words. */
function judgeDispatch(state: WorldState, call: RepositoryCall): Order | Answer {
  const { repository, body, params } = call;
  const ref = body["ref"];
  const given = readInputs(body["inputs"]);
  if (typeof ref !== "string" || ref === "") {
    return problem(422, 'Invalid request.\n\n"ref" wasn\'t supplied.');
  }
  if (given === null) {
    return problem(422, "Invalid request.\n\nFor 'properties/inputs', is not an object.");
  }
  if (Object.keys(given).length > MAX_INPUTS) {
    return problem(
      422,
      "Invalid request.\n\nNo more than 25 properties are allowed; were supplied.",
    );
  }
  const workflow = findWorkflow(state, repository, params["workflow"] ?? "");
  if (workflow === null) {
    return notFound();
  }
  if (!repository.actionsEnabled) {
    return problem(422, "Actions has been disabled for this repository.");
  }
  if (workflow.state !== "active") {
    return problem(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  }
  const found = dispatchRef(state, repository, ref);
  if (found === null) {
    return problem(422, `No ref found for: ${ref}`);
  }
  const files = state.commits.get(found.sha)?.files ?? new Map();
  const declared = readWorkflowFile(files, workflow.path)?.inputs ?? null;
  if (declared === null) {
    return problem(422, "Workflow does not have 'workflow_dispatch' trigger");
  }
  const verdict = judgeInputs(declared, given);
  return verdict.ok
    ? { workflow, ref: found, inputs: verdict.inputs }
    : problem(422, verdict.message);
}

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

/** GitHub's `created` search: `>=T`, `>T`, `<=T`, `<T`, `A..B`, or a day or moment. */
function createdMatches(filter: string, at: number): boolean {
  const range = /^(.+)\.\.(.+)$/.exec(filter);
  const second = Math.floor(at / 1000);
  const parse = (value: string) =>
    value === "*" ? null : Math.floor(Date.parse(value.replace(/ /g, "+")) / 1000);
  if (range !== null) {
    const [from, to] = [parse(range[1] ?? "*"), parse(range[2] ?? "*")];
    return second >= (from ?? 0) && second <= (to ?? Infinity);
  }
  const compared = /^(>=|<=|>|<)(.+)$/.exec(filter);
  const moment = parse(compared?.[2] ?? filter) ?? 0;
  switch (compared?.[1]) {
    case ">=":
      return second >= moment;
    case ">":
      return second > moment;
    case "<=":
      return second <= moment;
    case "<":
      return second < moment;
    default:
      return new Date(at).toISOString().startsWith(filter.slice(0, 10));
  }
}

/** Runs of a repository or of one workflow, newest first, as one page of GitHub's list. */
export function listRuns(state: WorldState, call: RepositoryCall, workflowId?: number): Answer {
  const { query } = call.request;
  const wanted: ((run: Run) => boolean)[] = [
    (run) => run.repositoryId === call.repository.id,
    (run) => workflowId === undefined || run.workflowId === workflowId,
  ];
  const filters: Readonly<Record<string, (run: Run, value: string) => boolean>> = {
    event: (run, value) => run.event === value,
    branch: (run, value) => run.headBranch === value,
    actor: (run, value) => run.actor.login === value,
    head_sha: (run, value) => run.headSha === value,
    status: (run, value) => run.status === value || run.conclusion === value,
    created: (run, value) => createdMatches(value, run.createdAt),
  };
  for (const [name, matches] of Object.entries(filters)) {
    const value = query.get(name);
    if (value !== null) {
      wanted.push((run) => matches(run, value));
    }
  }
  const found = [...state.runs.values()].filter((run) => wanted.every((matches) => matches(run)));
  const page = pageOf(state.url(), call.request, found.toReversed());
  const runs = page.items.map((run) => presentRun(state, run));
  return json(200, { total_count: found.length, workflow_runs: runs }, page.headers);
}

/** Workflows and their dispatch. */
export function workflowRoutes(room: Room): Route[] {
  const { state } = room;
  const base = "/repos/:owner/:repo/actions/workflows";
  const withWorkflow = (call: RepositoryCall, answer: (workflow: Workflow) => Answer): Answer => {
    const workflow = findWorkflow(state, call.repository, call.params["workflow"] ?? "");
    return workflow === null ? notFound() : answer(workflow);
  };
  const read = (pattern: string, handle: (call: RepositoryCall) => Answer): Route => ({
    method: "GET",
    pattern: `${base}${pattern}`,
    auth: "repository",
    needs: READS_ACTIONS,
    handle,
  });
  return [
    read("", (call) => {
      const workflows = listWorkflows(state, call.repository);
      const page = pageOf(state.url(), call.request, workflows);
      const items = page.items.map((one) => presentWorkflow(state, call.repository, one));
      return json(200, { total_count: workflows.length, workflows: items }, page.headers);
    }),
    read("/:workflow", (call) =>
      withWorkflow(call, (one) => json(200, presentWorkflow(state, call.repository, one))),
    ),
    read("/:workflow/runs", (call) => withWorkflow(call, ({ id }) => listRuns(state, call, id))),
    {
      method: "POST",
      pattern: `${base}/:workflow/dispatches`,
      auth: "repository",
      needs: WRITES_ACTIONS,
      handle: (call) => dispatch(room, call),
    },
    {
      method: "PUT",
      pattern: `${base}/:workflow/enable`,
      auth: "repository",
      needs: WRITES_ACTIONS,
      handle: (call) =>
        withWorkflow(call, ({ path }) => {
          call.repository.workflowStates.set(path, "active");
          return empty(204);
        }),
    },
  ];
}
