import { fullName, repositoryOf } from "../world/find.ts";
import type { Commit, Job, Repository, Run, WorldState } from "../world/state.ts";
import { findWorkflow, type Workflow } from "../world/workflows.ts";
import { presentSignature } from "./commit.ts";
import { presentMinimalRepository } from "./repository.ts";
import {
  nodeId,
  optionalTimestamp,
  presentAccount,
  repositoryApiUrl,
  repositoryWebUrl,
  timestamp,
} from "./urls.ts";

/** GitHub's workflow object. */
export function presentWorkflow(state: WorldState, repository: Repository, workflow: Workflow) {
  const web = repositoryWebUrl(state, repository);
  const file = workflow.path.split("/").at(-1) ?? "";
  return {
    id: workflow.id,
    node_id: nodeId("W", workflow.id),
    name: workflow.name,
    path: workflow.path,
    state: workflow.state,
    created_at: timestamp(repository.createdAt),
    updated_at: timestamp(repository.updatedAt),
    url: `${repositoryApiUrl(state, repository)}/actions/workflows/${workflow.id}`,
    html_url: `${web}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${web}/workflows/${encodeURIComponent(file)}/badge.svg`,
  };
}

/** The workflow that a run belongs to, as webhooks carry it. */
export function presentWorkflowOf(state: WorldState, run: Run) {
  const repository = repositoryOf(state, run.repositoryId);
  const known = findWorkflow(state, repository, run.path);
  const gone = { id: run.workflowId, path: run.path, name: run.workflowName, state: "deleted" };
  return presentWorkflow(state, repository, known ?? { ...gone, state: "deleted" });
}

function presentHeadCommit(commit: Commit) {
  const { name, email } = presentSignature(commit);
  return {
    id: commit.sha,
    tree_id: commit.treeSha,
    message: commit.message,
    timestamp: timestamp(commit.time),
    author: { name, email },
    committer: { name, email },
  };
}

function presentPullReferences(state: WorldState, run: Run) {
  const repository = repositoryOf(state, run.repositoryId);
  const api = repositoryApiUrl(state, repository);
  return run.pullNumbers.flatMap((number) => {
    const pull = repository.pulls.get(number);
    const repo = { id: repository.id, url: api, name: repository.name };
    // GitHub lists only pull requests whose head is in this very repository.
    return pull === undefined || pull.head.repositoryId !== repository.id
      ? []
      : [
          {
            id: pull.id,
            number,
            url: `${api}/pulls/${number}`,
            head: { ref: pull.head.ref, sha: pull.head.sha, repo },
            base: { ref: pull.base.ref, sha: pull.base.sha, repo },
          },
        ];
  });
}

/** GitHub's workflow run object. */
export function presentRun(state: WorldState, run: Run) {
  const repository = repositoryOf(state, run.repositoryId);
  const api = `${repositoryApiUrl(state, repository)}/actions/runs/${run.id}`;
  const suite = `${repositoryApiUrl(state, repository)}/check-suites/${run.id}`;
  const commit = state.commits.get(run.headSha);
  const head = state.repositories.get(run.headRepositoryId ?? -1);
  return {
    id: run.id,
    name: run.workflowName,
    node_id: nodeId("WFR", run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    display_title: run.displayTitle,
    run_number: run.runNumber,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflowId,
    check_suite_id: run.id,
    check_suite_node_id: nodeId("CS", run.id),
    url: api,
    html_url: `${repositoryWebUrl(state, repository)}/actions/runs/${run.id}`,
    pull_requests: presentPullReferences(state, run),
    created_at: timestamp(run.createdAt),
    updated_at: timestamp(run.updatedAt),
    actor: presentAccount(state, run.actor),
    run_attempt: run.attempt,
    referenced_workflows: [],
    run_started_at: timestamp(run.startedAt),
    triggering_actor: presentAccount(state, run.triggeringActor),
    jobs_url: `${api}/jobs`,
    logs_url: `${api}/logs`,
    check_suite_url: suite,
    artifacts_url: `${api}/artifacts`,
    cancel_url: `${api}/cancel`,
    rerun_url: `${api}/rerun`,
    previous_attempt_url: run.attempt === 1 ? null : `${api}/attempts/${run.attempt - 1}`,
    workflow_url: `${repositoryApiUrl(state, repository)}/actions/workflows/${run.workflowId}`,
    head_commit: commit === undefined ? null : presentHeadCommit(commit),
    repository: presentMinimalRepository(state, repository),
    head_repository: presentMinimalRepository(state, head ?? repository),
  };
}

/** GitHub's job object. */
export function presentJob(state: WorldState, run: Run, job: Job) {
  const repository = repositoryOf(state, run.repositoryId);
  const api = repositoryApiUrl(state, repository);
  const ran = job.startedAt !== null;
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.workflowName,
    head_branch: run.headBranch,
    run_url: `${api}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: nodeId("CR", job.id),
    head_sha: run.headSha,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${state.url()}/${fullName(repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: timestamp(job.createdAt),
    started_at: timestamp(job.startedAt ?? job.createdAt),
    completed_at: optionalTimestamp(job.completedAt),
    name: job.name,
    steps: [],
    check_run_url: `${api}/check-runs/${job.id}`,
    labels: ["ubuntu-latest"],
    runner_id: ran ? 1 : null,
    runner_name: ran ? "GitHub Actions 1" : null,
    runner_group_id: ran ? 0 : null,
    runner_group_name: ran ? "GitHub Actions" : null,
  };
}
