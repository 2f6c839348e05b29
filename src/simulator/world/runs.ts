import { workflowRunEvent } from "../payloads/workflow-run.ts";
import type { Account, Conclusion, Emit, Job, Repository, Run, WorldState } from "./state.ts";
import { EMPTY_TREE } from "./tree.ts";
import { readWorkflowFile, substituteInputs, type WorkflowFile } from "./workflow-file.ts";
import type { Workflow } from "./workflows.ts";
import { runLog } from "./run-log.ts";

/** How a run ends; `logs` by job name, or one text for every job. */
export interface RunOutcome {
  readonly conclusion: Conclusion;
  readonly logs?: string | Readonly<Record<string, string>>;
}

export interface RunParts {
  readonly repository: Repository;
  readonly workflow: Pick<Workflow, "id" | "path">;
  readonly event: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly headRepositoryId?: number;
  readonly inputs: Readonly<Record<string, string>>;
  readonly actor: Account;
  readonly pullNumbers?: readonly number[];
}

function newJobs(state: WorldState, names: readonly string[], attempt: number): Job[] {
  return (names.length === 0 ? ["build"] : names).map((name) => ({
    id: state.nextId("job"),
    name,
    attempt,
    status: "queued",
    conclusion: null,
    createdAt: state.now(),
    startedAt: null,
    completedAt: null,
    log: "",
  }));
}

/** What GitHub shows as the run's name: `run-name`, or the workflow's name, or the commit's subject. */
function titleOf(file: WorkflowFile | null, name: string, parts: RunParts, subject: string) {
  const title = substituteInputs(file?.runName ?? "", parts.inputs).trim();
  return title || (parts.event === "workflow_dispatch" ? name : subject);
}

function nextRunNumber({ runCounters }: Repository, workflowId: number): number {
  const number = (runCounters.get(workflowId) ?? 0) + 1;
  runCounters.set(workflowId, number);
  return number;
}

/** Makes a queued run of the workflow file as it stands at the head commit. */
export function createRun(state: WorldState, emit: Emit, parts: RunParts): Run {
  const { repository, workflow, actor } = parts;
  const commit = state.commits.get(parts.headSha);
  const file = readWorkflowFile(commit?.files ?? EMPTY_TREE, workflow.path);
  const workflowName = file?.name ?? workflow.path;
  const now = state.now();
  const run: Run = {
    id: state.nextId("run"),
    repositoryId: repository.id,
    headRepositoryId: parts.headRepositoryId ?? repository.id,
    workflowId: workflow.id,
    workflowName,
    path: workflow.path,
    runNumber: nextRunNumber(repository, workflow.id),
    attempt: 1,
    event: parts.event,
    headBranch: parts.headBranch,
    headSha: parts.headSha,
    displayTitle: titleOf(file, workflowName, parts, commit?.message.split("\n")[0] ?? ""),
    inputs: parts.inputs,
    actor,
    triggeringActor: actor,
    status: "queued",
    conclusion: null,
    createdAt: now,
    startedAt: now,
    updatedAt: now,
    jobs: newJobs(state, file?.jobs ?? [], 1),
    pullNumbers: parts.pullNumbers ?? [],
  };
  state.runs.set(run.id, run);
  emit(workflowRunEvent(state, run, "requested"));
  return run;
}

/** The run a test means; throws on a mistake in the test. */
export function runOf(state: WorldState, id: number): Run {
  const run = state.runs.get(id);
  if (run === undefined) {
    throw new Error(`the simulated GitHub has no run ${id}`);
  }
  return run;
}

function currentJobs(run: Run): Job[] {
  return run.jobs.filter(({ attempt }) => attempt === run.attempt);
}

/** Takes a queued run to `in_progress`; any other is left alone. */
export function beginRun(state: WorldState, emit: Emit, run: Run): void {
  if (run.status !== "queued") {
    return;
  }
  run.status = "in_progress";
  run.updatedAt = state.now();
  for (const job of currentJobs(run)) {
    if (job.status === "queued") {
      job.status = "in_progress";
      job.startedAt = state.now();
    }
  }
  emit(workflowRunEvent(state, run, "in_progress"));
}

function jobConclusion(conclusion: Conclusion): Conclusion {
  return conclusion === "startup_failure" || conclusion === "stale" ? "failure" : conclusion;
}

/** Ends a run that has not ended. */
export function finishRun(state: WorldState, emit: Emit, run: Run, outcome: RunOutcome): void {
  if (run.status === "completed") {
    return;
  }
  beginRun(state, emit, run);
  run.status = "completed";
  run.conclusion = outcome.conclusion;
  run.updatedAt = state.now();
  for (const job of currentJobs(run)) {
    if (job.status === "completed") {
      continue;
    }
    const { logs } = outcome;
    job.status = "completed";
    job.conclusion = jobConclusion(outcome.conclusion);
    job.completedAt = state.now();
    job.log =
      (typeof logs === "string" ? logs : logs?.[job.name]) ??
      runLog(job.completedAt, { "Run the build": [`conclusion: ${outcome.conclusion}`] });
  }
  emit(workflowRunEvent(state, run, "completed"));
}

/** Starts a new attempt of the jobs that did not succeed; GitHub sends no `requested` for it. */
export function rerunFailedJobs(state: WorldState, run: Run, actor: Account): void {
  const last = currentJobs(run);
  run.attempt += 1;
  run.status = "queued";
  run.conclusion = null;
  run.triggeringActor = actor;
  run.startedAt = run.updatedAt = state.now();
  const kept = last
    .filter(({ conclusion }) => conclusion === "success")
    .map((job) => ({ ...job, id: state.nextId("job"), attempt: run.attempt }));
  const again = last.filter(({ conclusion }) => conclusion !== "success");
  run.jobs.push(
    ...kept,
    ...(again.length === 0
      ? []
      : newJobs(
          state,
          again.map(({ name }) => name),
          run.attempt,
        )),
  );
}
