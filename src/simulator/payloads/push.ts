import { presentSignature } from "../represent/commit.ts";
import { presentRepository } from "../represent/repository.ts";
import { repositoryWebUrl, timestamp } from "../represent/urls.ts";
import { commitAt, compareCommits, contains } from "../world/compare.ts";
import { findCommit, peel } from "../world/git.ts";
import { diffTrees, EMPTY_TREE } from "../world/tree.ts";
import type { Account, Commit, Repository, WorldEvent, WorldState } from "../world/state.ts";
import { repositoryEvent } from "./event.ts";

export const NO_COMMIT = "0".repeat(40);
/** GitHub lists this many commits in a push and no more. */
const MAX_COMMITS = 2048;

export interface PushParts {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly pusher: Account;
}

function presentPushedCommit(state: WorldState, repository: Repository, commit: Commit) {
  const { name, email } = presentSignature(commit);
  const parent = state.commits.get(commit.parents[0] ?? "");
  const changes = diffTrees(parent?.files ?? EMPTY_TREE, commit.files);
  const pathsOf = (status: string) =>
    changes.filter((change) => change.status === status).map(({ path }) => path);
  return {
    id: commit.sha,
    tree_id: commit.treeSha,
    distinct: true,
    message: commit.message,
    timestamp: timestamp(commit.time),
    url: `${repositoryWebUrl(state, repository)}/commit/${commit.sha}`,
    author: { name, email, username: commit.author.login },
    committer: { name, email, username: commit.author.login },
    added: pathsOf("added"),
    removed: pathsOf("removed"),
    modified: pathsOf("modified"),
  };
}

function freshCommits(state: WorldState, parts: PushParts): Commit[] {
  if (parts.before === NO_COMMIT || parts.after === NO_COMMIT) {
    return [];
  }
  const { ahead } = compareCommits(state, peel(state, parts.before), peel(state, parts.after));
  return ahead.slice(-MAX_COMMITS).map((sha) => commitAt(state, sha));
}

function isForced(state: WorldState, { before, after }: PushParts): boolean {
  const moved = before !== NO_COMMIT && after !== NO_COMMIT;
  return moved && !contains(state, peel(state, after), peel(state, before));
}

/** The `push` event of a branch or tag; `after` of an annotated tag is the tag object. */
export function pushEvent(state: WorldState, repository: Repository, parts: PushParts): WorldEvent {
  const { ref, before, after, pusher } = parts;
  const head = findCommit(state, repository, peel(state, after));
  const isTag = ref.startsWith("refs/tags/");
  const presented = presentRepository(state, repository);
  return repositoryEvent(state, repository, {
    name: "push",
    action: null,
    sender: pusher,
    body: {
      ref,
      before,
      after,
      base_ref: null,
      created: before === NO_COMMIT,
      deleted: after === NO_COMMIT,
      forced: isForced(state, parts),
      compare: `${presented.html_url}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
      commits: isTag
        ? []
        : freshCommits(state, parts).map((commit) =>
            presentPushedCommit(state, repository, commit),
          ),
      head_commit: head === null ? null : presentPushedCommit(state, repository, head),
      pusher: { name: pusher.login, email: `${pusher.login}@users.noreply.github.com` },
      // Pushes carry the repository in an older form: times in seconds, and the owner's name.
      repository: {
        ...presented,
        created_at: Math.floor(repository.createdAt / 1000),
        pushed_at: Math.floor(repository.pushedAt / 1000),
        stargazers: 0,
        master_branch: repository.defaultBranch,
        owner: { ...presented.owner, name: repository.owner.login, email: null },
      },
    },
  });
}
