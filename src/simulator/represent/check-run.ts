import { repositoryOf } from "../world/find.ts";
import type { CheckRun, WorldState } from "../world/state.ts";
import { suiteIdOf } from "./check-suite.ts";
import { presentApp } from "./installation.ts";
import { nodeId, optionalTimestamp, repositoryApiUrl, repositoryWebUrl } from "./urls.ts";

/** GitHub's check run object. */
export function presentCheckRun(state: WorldState, check: CheckRun) {
  const repository = repositoryOf(state, check.repositoryId);
  const url = `${repositoryApiUrl(state, repository)}/check-runs/${check.id}`;
  return {
    id: check.id,
    name: check.name,
    node_id: nodeId("CR", check.id),
    head_sha: check.headSha,
    external_id: check.externalId,
    url,
    html_url: `${repositoryWebUrl(state, repository)}/runs/${check.id}`,
    details_url: check.detailsUrl ?? state.url(),
    status: check.status,
    conclusion: check.conclusion,
    started_at: optionalTimestamp(check.startedAt),
    completed_at: optionalTimestamp(check.completedAt),
    output: {
      ...check.output,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: suiteIdOf(state, check) },
    app: presentApp(state),
    pull_requests: [],
  };
}
