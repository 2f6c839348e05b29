import { pullRequestEvent } from "../payloads/pull-request.ts";
import { account } from "./accounts.ts";
import { repositoryOf, type RepositoryReference } from "./find.ts";
import { commitAt } from "./compare.ts";
import { makeCommit } from "./git.ts";
import { changeTree } from "./tree.ts";
import { landPull, type MergeMethod } from "./merge.ts";
import { registerRepository } from "./repositories.ts";
import type { Account, Emit, Pull, Repository, WorldState } from "./state.ts";

export interface PullParts {
  readonly repo: RepositoryReference;
  /** Default: the default branch. */
  readonly base?: string;
  /**
   * `owner/name` of the head's repository, forked on the spot if it is not there; null for a fork
   * that is deleted at once. Without it, a fork of the user's is made unless they own the base.
   */
  readonly headRepo?: string | null;
  readonly headBranch?: string;
  /** Paths with their new content (null removes), or just paths. */
  readonly changedFiles?: Readonly<Record<string, string | null>> | readonly string[];
  /** One commit per entry instead of one for all. */
  readonly commits?: number;
  readonly labels?: readonly string[];
  readonly user?: string;
  readonly title?: string;
  readonly body?: string | null;
}

function headRepository(state: WorldState, base: Repository, parts: PullParts): Repository {
  const user = account(state, parts.user ?? "contributor");
  const own = `${user.login}/${base.name}`;
  const name = parts.headRepo ?? (user === base.owner ? `${base.owner.login}/${base.name}` : own);
  const known = state.repositories.get(state.names.get(name.toLowerCase()) ?? -1);
  if (known !== undefined) {
    return known;
  }
  const [login = user.login, repositoryName = base.name] = name.split("/");
  return registerRepository(
    state,
    {
      owner: account(state, login),
      name: repositoryName,
      defaultBranch: base.defaultBranch,
      isPrivate: base.private,
    },
    base,
  );
}

function changesOf(parts: PullParts, number: number): Record<string, string | null> {
  const changed = parts.changedFiles ?? [`change-${number}.txt`];
  return Array.isArray(changed)
    ? Object.fromEntries(changed.map((path: string) => [path, `changed by ${number}\n`]))
    : { ...(changed as Record<string, string | null>) };
}

/** Commits the changes on top of the base, in as many commits as asked. */
function headCommits(
  state: WorldState,
  network: number,
  on: { base: string; user: Account; changes: Record<string, string | null>; count: number },
): string[] {
  const entries = Object.entries(on.changes);
  const size = Math.ceil(entries.length / on.count);
  const commits: string[] = [];
  for (let index = 0; index < on.count; index++) {
    const part = Object.fromEntries(entries.slice(index * size, (index + 1) * size));
    const parent = commitAt(state, commits.at(-1) ?? on.base);
    const files = changeTree(parent.files, part);
    const message = `Part ${index + 1}`;
    const made = { parents: [parent.sha], files, message, author: on.user };
    commits.push(makeCommit(state, network, made).sha);
  }
  return commits;
}

function baseOf(base: Repository, parts: PullParts): Pull["base"] {
  const ref = parts.base ?? base.defaultBranch;
  const sha = base.branches.get(ref);
  if (sha === undefined) {
    throw new Error(`the simulated GitHub has no branch ${ref}`);
  }
  return { ref, sha };
}

/** Puts the change on a branch of the head's repository. */
function pushHead(
  state: WorldState,
  on: { head: Repository; base: string; user: Account; number: number },
  parts: PullParts,
): Pick<Pull, "head" | "commits"> {
  const { head, user, number } = on;
  const ref = parts.headBranch ?? `patch-${number}`;
  const commits = headCommits(state, head.network, {
    base: on.base,
    user,
    changes: changesOf(parts, number),
    count: parts.commits ?? 1,
  });
  const sha = commits.at(-1) ?? on.base;
  head.branches.set(ref, sha);
  return { commits, head: { ref, sha, owner: head.owner, repositoryId: head.id } };
}

/** GitHub's trial merge, which `merge_commit_sha` names until the real one. */
function trialMerge(state: WorldState, network: number, pull: Pull): string {
  return makeCommit(state, network, {
    parents: [pull.base.sha, pull.head.sha],
    files: commitAt(state, pull.head.sha).files,
    message: `Merge ${pull.head.sha} into ${pull.base.sha}`,
    author: pull.user,
  }).sha;
}

function openPullRequest(state: WorldState, emit: Emit, parts: PullParts): Pull {
  const repository = repositoryOf(state, parts.repo);
  const fork = headRepository(state, repository, parts);
  const user = account(state, parts.user ?? "contributor");
  const number = repository.nextNumber++;
  const base = baseOf(repository, parts);
  const pushed = pushHead(state, { head: fork, base: base.sha, user, number }, parts);
  const now = state.now();
  const pull: Pull = {
    id: state.nextId("pull"),
    number,
    repositoryId: repository.id,
    title: parts.title ?? `Change number ${number}`,
    body: parts.body ?? null,
    user,
    state: "open",
    labels: (parts.labels ?? []).map((name) => ({ id: state.nextId("label"), name })),
    base,
    ...pushed,
    landed: [],
    mergeBase: base.sha,
    merged: false,
    mergedBy: null,
    mergeCommitSha: null,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    mergedAt: null,
  };
  repository.pulls.set(number, pull);
  pull.mergeCommitSha = trialMerge(state, repository.network, pull);
  emit(pullRequestEvent(state, pull, { action: "opened", sender: user }));
  if (parts.headRepo === null) {
    removeRepository(state, fork);
  }
  return pull;
}

/** Takes a repository out of the world; its commits stay in the network, as on GitHub. */
function removeRepository(state: WorldState, repository: Repository): void {
  state.repositories.delete(repository.id);
  state.names.delete(`${repository.owner.login}/${repository.name}`.toLowerCase());
  for (const other of state.repositories.values()) {
    for (const pull of other.pulls.values()) {
      if (pull.head.repositoryId === repository.id) {
        pull.head.repositoryId = null;
      }
    }
  }
}

/** The pull request a test means; throws on a mistake in the test. */
function pullOf(state: WorldState, reference: RepositoryReference, number: number): Pull {
  const pull = repositoryOf(state, reference).pulls.get(number);
  if (pull === undefined) {
    throw new Error(`the simulated GitHub has no pull request ${number}`);
  }
  return pull;
}

export interface MergeOptions {
  readonly method?: MergeMethod;
  readonly mergedBy?: string;
  /** The merge commit's name in a real repository; not for `rebase`. */
  readonly sha?: string;
}

/** Verbs about pull requests. */
export function pullVerbs(state: WorldState, emit: Emit) {
  return {
    /** Opens a pull request with the commits that it needs. */
    openPullRequest: (parts: PullParts): Pull => openPullRequest(state, emit, parts),

    /** Merges by any of GitHub's four ways; returns the merge commit's SHA. */
    mergePullRequest(
      reference: RepositoryReference,
      number: number,
      options: MergeOptions = {},
    ): string {
      return landPull(state, emit, {
        pull: pullOf(state, reference, number),
        method: options.method ?? "merge",
        by: account(state, options.mergedBy ?? "maintainer"),
        sha: options.sha,
      });
    },

    /** Closes without a merge. */
    closePullRequest(reference: RepositoryReference, number: number, by?: string): void {
      const pull = pullOf(state, reference, number);
      pull.state = "closed";
      pull.closedAt = pull.updatedAt = state.now();
      const sender = account(state, by ?? pull.user.login);
      emit(pullRequestEvent(state, pull, { action: "closed", sender }));
    },

    /** Sets the labels; GitHub's labeled events are not sent, nobody here listens to them. */
    setLabels(reference: RepositoryReference, number: number, labels: readonly string[]): void {
      const pull = pullOf(state, reference, number);
      pull.labels = labels.map((name) => ({ id: state.nextId("label"), name }));
      pull.updatedAt = state.now();
    },

    /** Deletes a repository: `head.repo` of its pull requests becomes null. */
    deleteFork(reference: RepositoryReference): void {
      removeRepository(state, repositoryOf(state, reference));
    },
  };
}
