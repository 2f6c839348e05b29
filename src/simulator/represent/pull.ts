import { diffTrees, type FileChange } from "../world/tree.ts";
import { repositoryOf } from "../world/find.ts";
import type { Pull, Repository, WorldState } from "../world/state.ts";
import { presentFile } from "./commit.ts";
import { presentRepository } from "./repository.ts";
import {
  nodeId,
  optionalTimestamp,
  presentAccount,
  repositoryApiUrl,
  repositoryWebUrl,
  timestamp,
} from "./urls.ts";

/** What the pull request changes: its head against the merge base. */
export function pullChanges(state: WorldState, pull: Pull): FileChange[] {
  const before = state.commits.get(pull.mergeBase);
  const after = state.commits.get(pull.head.sha);
  return before === undefined || after === undefined ? [] : diffTrees(before.files, after.files);
}

function presentLinks(api: string, html: string, pull: Pull) {
  const self = `${api}/pulls/${pull.number}`;
  const issue = `${api}/issues/${pull.number}`;
  return {
    self: { href: self },
    html: { href: html },
    issue: { href: issue },
    comments: { href: `${issue}/comments` },
    review_comments: { href: `${self}/comments` },
    review_comment: { href: `${api}/pulls/comments{/number}` },
    commits: { href: `${self}/commits` },
    statuses: { href: `${api}/statuses/${pull.head.sha}` },
  };
}

function presentEnds(state: WorldState, repository: Repository, pull: Pull) {
  const fork = state.repositories.get(pull.head.repositoryId ?? -1);
  const owner = pull.head.owner;
  return {
    head: {
      label: `${owner?.login ?? "unknown"}:${pull.head.ref}`,
      ref: pull.head.ref,
      sha: pull.head.sha,
      user: owner === null ? null : presentAccount(state, owner),
      repo: fork === undefined ? null : presentRepository(state, fork),
    },
    base: {
      label: `${repository.owner.login}:${pull.base.ref}`,
      ref: pull.base.ref,
      sha: pull.base.sha,
      user: presentAccount(state, repository.owner),
      repo: presentRepository(state, repository),
    },
  };
}

function presentLabels(api: string, pull: Pull) {
  return pull.labels.map((label) => ({
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: `${api}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: "",
    color: "ededed",
    default: false,
  }));
}

/** A pull request as lists show it: without `merged` and the counters. */
export function presentPullSimple(state: WorldState, pull: Pull) {
  const repository = repositoryOf(state, pull.repositoryId);
  const api = repositoryApiUrl(state, repository);
  const html = `${repositoryWebUrl(state, repository)}/pull/${pull.number}`;
  const links = presentLinks(api, html, pull);
  return {
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    url: links.self.href,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: links.issue.href,
    commits_url: links.commits.href,
    review_comments_url: links.review_comments.href,
    review_comment_url: links.review_comment.href,
    comments_url: links.comments.href,
    statuses_url: links.statuses.href,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: presentAccount(state, pull.user),
    body: pull.body,
    labels: presentLabels(api, pull),
    milestone: null,
    active_lock_reason: null,
    created_at: timestamp(pull.createdAt),
    updated_at: timestamp(pull.updatedAt),
    closed_at: optionalTimestamp(pull.closedAt),
    merged_at: optionalTimestamp(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    ...presentEnds(state, repository, pull),
    _links: links,
    author_association: "CONTRIBUTOR",
    auto_merge: null,
    draft: false,
  };
}

/** The pull request in full, as `GET …/pulls/{n}` and webhooks carry it. */
export function presentPull(state: WorldState, pull: Pull) {
  const repository = repositoryOf(state, pull.repositoryId);
  const files = pullChanges(state, pull).map((change) =>
    presentFile(state, repository, { sha: pull.head.sha, change }),
  );
  return {
    ...presentPullSimple(state, pull),
    merged: pull.merged,
    mergeable: pull.state === "open" ? true : null,
    rebaseable: null,
    mergeable_state: pull.state === "open" ? "clean" : "unknown",
    merged_by: pull.mergedBy === null ? null : presentAccount(state, pull.mergedBy),
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: pull.commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}
