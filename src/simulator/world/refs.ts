import { account } from "./accounts.ts";
import { repositoryOf, type RepositoryReference } from "./find.ts";
import { resolveRef } from "./git.ts";
import { moveRef } from "./repositories.ts";
import type { Emit, Repository, WorldState } from "./state.ts";

function mustResolve(state: WorldState, repository: Repository, name: string): string {
  const commit = resolveRef(state, repository, name);
  if (commit === null) {
    throw new Error(`the simulated GitHub has no commit for ${name}`);
  }
  return commit.sha;
}

function tagTarget(
  state: WorldState,
  repository: Repository,
  tag: { name: string; at: string; message: string | null },
): string {
  const target = mustResolve(state, repository, tag.at);
  if (tag.message === null) {
    return target;
  }
  // A tag object is told from a commit only by its kind, so any unused 40-hex name serves.
  const serial = state.nextId("annotated-tag");
  const sha = `a9${serial.toString(16).padStart(6, "0")}${target.slice(8)}`;
  state.annotatedTags.set(sha, {
    sha,
    network: repository.network,
    name: tag.name,
    message: tag.message,
    target,
    targetType: "commit",
    time: state.now(),
  });
  return sha;
}

/** Verbs about branches and tags. */
export function refVerbs(state: WorldState, emit: Emit) {
  const move = (repository: Repository, ref: string, to: string | null): void =>
    moveRef(state, emit, { repository, ref, to, pusher: account(state, repository.owner.login) });
  return {
    /** Makes a branch at a ref (the default branch if none is given); returns its SHA. */
    createBranch(reference: RepositoryReference, branch: string, at?: string): string {
      const repository = repositoryOf(state, reference);
      const sha = mustResolve(state, repository, at ?? repository.defaultBranch);
      move(repository, `refs/heads/${branch}`, sha);
      return sha;
    },
    /** Deletes a branch. */
    deleteBranch(reference: RepositoryReference, branch: string): void {
      move(repositoryOf(state, reference), `refs/heads/${branch}`, null);
    },
    /** Moves a branch to any commit, history or not. */
    forcePush(reference: RepositoryReference, branch: string, to: string): void {
      const repository = repositoryOf(state, reference);
      move(repository, `refs/heads/${branch}`, mustResolve(state, repository, to));
    },
    /** Marks a branch as protected. */
    protectBranch(reference: RepositoryReference, branch: string): void {
      repositoryOf(state, reference).protectedBranches.add(branch);
    },
    /** Pushes a tag: light, or annotated when it has a message. Returns what the ref points at. */
    addTag(
      reference: RepositoryReference,
      name: string,
      options: { at?: string; message?: string } = {},
    ): string {
      const repository = repositoryOf(state, reference);
      const at = options.at ?? repository.defaultBranch;
      const message = options.message ?? null;
      const target = tagTarget(state, repository, { name, at, message });
      move(repository, `refs/tags/${name}`, target);
      return target;
    },
    /** Deletes a tag. */
    deleteTag(reference: RepositoryReference, name: string): void {
      move(repositoryOf(state, reference), `refs/tags/${name}`, null);
    },
  };
}
