import { createHash } from "node:crypto";
import type { Account, AnnotatedTag, Commit, Repository, WorldState } from "./state.ts";
import type { Tree } from "./tree.ts";

/** Git's own object name: SHA-1 over kind, length and bytes. */
function objectName(kind: string, content: string): string {
  return createHash("sha1")
    .update(`${kind} ${Buffer.byteLength(content)}\0${content}`)
    .digest("hex");
}

/** The name of a file's content, as git computes it. */
export function blobSha(content: string): string {
  return objectName("blob", content);
}

export interface CommitParts {
  readonly parents: readonly string[];
  readonly files: Tree;
  readonly message: string;
  readonly author: Account;
  /** The name that a real repository gave to this commit, where one stands behind the simulated one. */
  readonly sha?: string | undefined;
}

/**
 * Adds a commit to a network. Its name comes from parents, message and a running number, and its
 * tree's name from its own: hashing every file for every commit made large worlds slow, and nobody
 * compares trees by name.
 */
export function makeCommit(state: WorldState, network: number, parts: CommitParts): Commit {
  const serial = state.nextId("commit");
  const { parents, message, author } = parts;
  const named = JSON.stringify([network, serial, parents, message, author.login]);
  const sha = parts.sha ?? objectName("commit", named);
  const treeSha = objectName("tree", sha);
  const commit: Commit = { ...parts, sha, network, serial, treeSha, time: state.now() };
  state.commits.set(sha, commit);
  return commit;
}

/** The commit of that SHA in this repository's network, whoever's fork it is in; else null. */
export function findCommit(state: WorldState, repository: Repository, sha: string): Commit | null {
  const commit = state.commits.get(sha.toLowerCase());
  return commit !== undefined && commit.network === repository.network ? commit : null;
}

/** A tag object of this repository's network, or null. */
export function findAnnotatedTag(
  state: WorldState,
  repository: Repository,
  sha: string,
): AnnotatedTag | null {
  const tag = state.annotatedTags.get(sha.toLowerCase());
  return tag !== undefined && tag.network === repository.network ? tag : null;
}

/** Follows annotated tags down to the commit. */
export function peel(state: WorldState, sha: string): string {
  const tag = state.annotatedTags.get(sha);
  return tag === undefined ? sha : peel(state, tag.target);
}

function byShortSha(state: WorldState, repository: Repository, name: string): Commit | null {
  if (!/^[0-9a-f]{7,39}$/i.test(name)) {
    return null;
  }
  for (const commit of state.commits.values()) {
    if (commit.network === repository.network && commit.sha.startsWith(name.toLowerCase())) {
      return commit;
    }
  }
  return null;
}

/**
 * Resolves what GitHub's REST API takes as a "ref": a full SHA of the whole fork network, a branch
 * or tag with or without `heads/`, `tags/`, `refs/`, or a short SHA.
 */
export function resolveRef(state: WorldState, repository: Repository, name: string): Commit | null {
  const exact = /^[0-9a-f]{40}$/i.test(name) ? findCommit(state, repository, name) : null;
  if (exact !== null) {
    return exact;
  }
  const bare = name.replace(/^refs\//, "");
  const branch = repository.branches.get(bare.replace(/^heads\//, ""));
  const tag = repository.tags.get(bare.replace(/^tags\//, ""));
  const sha = bare.startsWith("tags/") ? tag : (branch ?? tag);
  if (sha !== undefined) {
    return findCommit(state, repository, peel(state, sha));
  }
  return byShortSha(state, repository, name);
}
