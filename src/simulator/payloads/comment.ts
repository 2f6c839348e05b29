import { presentCheckRun } from "../represent/check-run.ts";
import { presentCheckSuite } from "../represent/check-suite.ts";
import { presentComment } from "../represent/comment.ts";
import { presentPullSimple } from "../represent/pull.ts";
import { nodeId } from "../represent/urls.ts";
import { repositoryOf } from "../world/find.ts";
import type { Account, CheckRun, Comment, WorldEvent, WorldState } from "../world/state.ts";
import { repositoryEvent } from "./event.ts";

/** The issue side of a pull request, as `issue_comment` carries it. */
function presentIssue(state: WorldState, comment: Comment) {
  const repository = repositoryOf(state, comment.repositoryId);
  const pull = repository.pulls.get(comment.issue);
  if (pull === undefined) {
    throw new Error(`the simulated GitHub has no pull request ${comment.issue}`);
  }
  const shown = presentPullSimple(state, pull);
  const url = shown.issue_url;
  const noReactions = { "+1": 0, "-1": 0, laugh: 0, hooray: 0, confused: 0, heart: 0 };
  return {
    id: pull.id,
    node_id: nodeId("I", pull.id),
    url,
    repository_url: url.replace(/\/issues\/\d+$/, ""),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: shown.html_url,
    number: pull.number,
    title: pull.title,
    user: shown.user,
    labels: shown.labels,
    state: pull.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: 1,
    created_at: shown.created_at,
    updated_at: shown.updated_at,
    closed_at: shown.closed_at,
    author_association: shown.author_association,
    active_lock_reason: null,
    draft: false,
    pull_request: {
      url: shown.url,
      html_url: shown.html_url,
      diff_url: shown.diff_url,
      patch_url: shown.patch_url,
      merged_at: shown.merged_at,
    },
    body: pull.body,
    reactions: { url: `${url}/reactions`, total_count: 0, ...noReactions, rocket: 0, eyes: 0 },
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason: null,
  };
}

/** `issue_comment` created. */
export function issueCommentEvent(state: WorldState, comment: Comment): WorldEvent {
  return repositoryEvent(state, repositoryOf(state, comment.repositoryId), {
    name: "issue_comment",
    action: "created",
    sender: comment.user,
    body: { issue: presentIssue(state, comment), comment: presentComment(state, comment) },
  });
}

/** `check_run` requested_action. */
export function checkRunActionEvent(
  state: WorldState,
  check: CheckRun,
  press: { identifier: string; sender: Account },
): WorldEvent {
  return repositoryEvent(state, repositoryOf(state, check.repositoryId), {
    name: "check_run",
    action: "requested_action",
    sender: press.sender,
    body: {
      check_run: presentCheckRun(state, check),
      requested_action: { identifier: press.identifier },
    },
  });
}

/** `check_run` rerequested: GitHub's own "Re-run". */
export function checkRunRerequestedEvent(
  state: WorldState,
  check: CheckRun,
  sender: Account,
): WorldEvent {
  return repositoryEvent(state, repositoryOf(state, check.repositoryId), {
    name: "check_run",
    action: "rerequested",
    sender,
    body: { check_run: presentCheckRun(state, check) },
  });
}

/** `check_suite` rerequested: GitHub's own "Re-run all checks", of the suite that a check run is in. */
export function checkSuiteRerequestedEvent(
  state: WorldState,
  check: CheckRun,
  sender: Account,
): WorldEvent {
  return repositoryEvent(state, repositoryOf(state, check.repositoryId), {
    name: "check_suite",
    action: "rerequested",
    sender,
    body: { check_suite: presentCheckSuite(state, check) },
  });
}
