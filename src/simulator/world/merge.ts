import { pullRequestEvent } from "../payloads/pull-request.ts";
import { account } from "./accounts.ts";
import { repositoryOf } from "./find.ts";
import { applyFiles, compareCommits, diffFiles, makeCommit } from "./git.ts";
import { moveRef } from "./repositories.ts";
import type { Account, Commit, Emit, Files, Pull, Repository, WorldState } from "./state.ts";

export type MergeMethod = "merge" | "squash" | "rebase" | "queue";

export interface Landing {
  readonly pull: Pull;
  readonly method: MergeMethod;
  readonly by: Account;
  readonly sha?: string | undefined;
}

function commitAt(state: WorldState, sha: string): Commit {
  const commit = state.commits.get(sha);
  if (commit === undefined) {
    throw new Error(`the simulated GitHub lost commit ${sha}`);
  }
  return commit;
}

/** The changes between two commits, laid over another tree. */
function transplant(onto: Files, from: Files, to: Files): Files {
  const changes = diffFiles(from, to).map(({ path, after }) => [path, after] as const);
  return applyFiles(onto, Object.fromEntries(changes));
}

function rebase(state: WorldState, network: number, pull: Pull, onto: string): string {
  let tip = onto;
  for (const sha of compareCommits(state, pull.mergeBase, pull.head.sha).ahead) {
    const original = commitAt(state, sha);
    const parent = commitAt(state, original.parents[0] ?? pull.mergeBase);
    tip = makeCommit(state, network, {
      parents: [tip],
      files: transplant(commitAt(state, tip).files, parent.files, original.files),
      message: original.message,
      author: original.author,
    }).sha;
  }
  return tip;
}

function mergedCommit(
  state: WorldState,
  repository: Repository,
  { pull, method, by, sha }: Landing,
): string {
  const base = repository.branches.get(pull.base.ref) ?? pull.base.sha;
  if (method === "rebase") {
    return rebase(state, repository.network, pull, base);
  }
  const head = commitAt(state, pull.head.sha);
  const squash = method === "squash";
  return makeCommit(state, repository.network, {
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
  }).sha;
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
  const sha = mergedCommit(state, repository, { ...landing, by });
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
  pull.closedAt = pull.mergedAt = pull.updatedAt = state.now();
  emit(pullRequestEvent(state, pull, { action: "closed", sender: by }));
  if (queued) {
    move(queueRef, null);
  }
  return sha;
}
