import { commitAt } from "../world/compare.ts";
import { repositoryOf } from "../world/find.ts";
import type { CheckRun, WorldState } from "../world/state.ts";
import { presentSignature } from "./commit.ts";
import { presentApp } from "./installation.ts";
import { nodeId, repositoryApiUrl, timestamp } from "./urls.ts";

/** The check runs of the App on one commit, the oldest first: GitHub puts them into one suite. */
function runsOfSuite(state: WorldState, check: CheckRun): CheckRun[] {
  return [...state.checkRuns.values()].filter(
    ({ repositoryId, headSha }) => repositoryId === check.repositoryId && headSha === check.headSha,
  );
}

/** The id of the suite that a check run is in. */
export function suiteIdOf(state: WorldState, check: CheckRun): number {
  return runsOfSuite(state, check)[0]?.id ?? check.id;
}

/** GitHub's check suite object around one of its runs, as webhooks carry it when it was asked for anew. */
export function presentCheckSuite(state: WorldState, check: CheckRun) {
  const repository = repositoryOf(state, check.repositoryId);
  const commit = commitAt(state, check.headSha);
  const id = suiteIdOf(state, check);
  const url = `${repositoryApiUrl(state, repository)}/check-suites/${id}`;
  const { name, email } = presentSignature(commit);
  return {
    id,
    node_id: nodeId("CS", id),
    head_branch: repository.defaultBranch,
    head_sha: check.headSha,
    status: "queued",
    conclusion: null,
    url,
    before: commit.parents[0] ?? null,
    after: check.headSha,
    pull_requests: [],
    app: presentApp(state),
    created_at: timestamp(check.startedAt ?? state.now()),
    updated_at: timestamp(state.now()),
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: runsOfSuite(state, check).length,
    check_runs_url: `${url}/check-runs`,
    head_commit: {
      id: commit.sha,
      tree_id: commit.treeSha,
      message: commit.message,
      timestamp: timestamp(commit.time),
      author: { name, email },
      committer: { name, email },
    },
  };
}
