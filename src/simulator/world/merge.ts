import { pullRequestEvent } from "../payloads/pull-request.ts";
import { account } from "./accounts.ts";
import { repositoryOf } from "./find.ts";
import { commitAt } from "./compare.ts";
import { makeCommit } from "./git.ts";
import { moveRef } from "./repositories.ts";
import type { Account, Emit, Pull, Repository, WorldState } from "./state.ts";
import { changeTree, diffTrees, type Tree } from "./tree.ts";

export type MergeMethod = "merge" | "squash" | "rebase" | "queue";

export interface Landing {
  readonly pull: Pull;
  readonly method: MergeMethod;
  readonly by: Account;
  readonly sha?: string | undefined;
}

/** The changes between two commits, laid over another tree. */
function transplant(onto: Tree, from: Tree, to: Tree): Tree {
  const changes = diffTrees(from, to).map(({ path, after }) => [path, after] as const);
  return changeTree(onto, Object.fromEntries(changes));
}

function rebase(state: WorldState, network: number, pull: Pull, onto: string): string[] {
  const landed: string[] = [];
  let tip = onto;
  for (const sha of pull.commits) {
    const original = commitAt(state, sha);
    const parent = commitAt(state, original.parents[0] ?? pull.mergeBase);
    tip = makeCommit(state, network, {
      parents: [tip],
      files: transplant(commitAt(state, tip).files, parent.files, original.files),
      message: original.message,
      author: original.author,
    }).sha;
    landed.push(tip);
  }
  return landed;
}

/** What goes on the base branch; the last is the merge commit. */
function landedCommits(
  state: WorldState,
  repository: Repository,
  { pull, method, by, sha }: Landing,
): string[] {
  const base = repository.branches.get(pull.base.ref) ?? pull.base.sha;
  if (method === "rebase") {
    return rebase(state, repository.network, pull, base);
  }
  const head = commitAt(state, pull.head.sha);
  const squash = method === "squash";
  const commit = makeCommit(state, repository.network, {
    parents: squash ? [base] : [base, head.sha],
    files: transplant(
      commitAt(state, base).files,
      commitAt(state, pull.mergeBase).files,
      head.files,
    ),
    message: squash
      ? `${pull.title} (#${pull.number})`
      : `Merge pull request #${pull.number} from ${pull.head.owner?.login ?? "unknown"}/${pull.head.ref}`,
    author: squash ? pull.user : by,
    sha,
  });
  return [commit.sha];
}

/**
 * Merges a pull request: the commit, the base branch's push, then `closed` with `merged`. A merge
 * queue builds on its own temporary branch first and merges as GitHub's bot.
 */
export function landPull(state: WorldState, emit: Emit, landing: Landing): string {
  const { pull, method } = landing;
  if (pull.state !== "open") {
    throw new Error(`pull request ${pull.number} is not open`);
  }
  const repository = repositoryOf(state, pull.repositoryId);
  const queued = method === "queue";
  const by = queued ? account(state, "github-merge-queue[bot]") : landing.by;
  const landed = landedCommits(state, repository, { ...landing, by });
  const sha = landed.at(-1) ?? pull.head.sha;
  const move = (ref: string, to: string | null) =>
    moveRef(state, emit, { repository, ref, to, pusher: by });
  const queueRef = `refs/heads/gh-readonly-queue/${pull.base.ref}/pr-${pull.number}-${pull.base.sha}`;
  if (queued) {
    move(queueRef, sha);
  }
  pull.base.sha = repository.branches.get(pull.base.ref) ?? pull.base.sha;
  move(`refs/heads/${pull.base.ref}`, sha);
  pull.state = "closed";
  pull.merged = true;
  pull.mergedBy = by;
  pull.mergeCommitSha = sha;
  pull.landed = landed;
  pull.closedAt = pull.mergedAt = pull.updatedAt = state.now();
  emit(pullRequestEvent(state, pull, { action: "closed", sender: by }));
  if (queued) {
    move(queueRef, null);
  }
  return sha;
}
