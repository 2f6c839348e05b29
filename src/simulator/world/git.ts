import { createHash } from "node:crypto";
import type { Account, AnnotatedTag, Commit, Files, Repository, WorldState } from "./state.ts";

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

function treeName(files: Files): string {
  const lines = [...files].map(([path, content]) => `${path} ${blobSha(content)}`);
  return objectName("tree", lines.toSorted(inOrder).join("\n"));
}

/** Orders text by code unit, the same on every machine. */
export function inOrder(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

export interface CommitParts {
  readonly parents: readonly string[];
  readonly files: Files;
  readonly message: string;
  readonly author: Account;
  /** The name that a real repository gave to this commit, where one stands behind the simulated one. */
  readonly sha?: string | undefined;
}

/** Adds a commit to a network; its name covers tree, parents, message and a running number. */
export function makeCommit(state: WorldState, network: number, parts: CommitParts): Commit {
  const serial = state.nextId("commit");
  const treeSha = treeName(parts.files);
  const { parents, message, author } = parts;
  const named = JSON.stringify([network, serial, treeSha, parents, message, author.login]);
  const sha = parts.sha ?? objectName("commit", named);
  const commit: Commit = { ...parts, sha, network, treeSha, time: state.now() };
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

/** Every commit reachable from this one, itself included. */
export function ancestors(state: WorldState, sha: string): Set<string> {
  const seen = new Set<string>([sha]);
  for (const current of seen) {
    for (const parent of state.commits.get(current)?.parents ?? []) {
      seen.add(parent);
    }
  }
  return seen;
}

export interface Comparison {
  readonly status: "identical" | "ahead" | "behind" | "diverged";
  /** Commits on the head's side, oldest first. */
  readonly ahead: readonly string[];
  readonly behindBy: number;
  readonly mergeBase: string | null;
}

function statusOf(ahead: number, behind: number): Comparison["status"] {
  if (ahead === 0 && behind === 0) {
    return "identical";
  }
  if (behind === 0) {
    return "ahead";
  }
  return ahead === 0 ? "behind" : "diverged";
}

/** The nearest shared ancestor: the first that a walk from the head meets in the base's history. */
function nearestShared(state: WorldState, base: ReadonlySet<string>, head: string): string | null {
  for (const sha of ancestors(state, head)) {
    if (base.has(sha)) {
      return sha;
    }
  }
  return null;
}

/** Compares two commits as `base...head`, computed from the graph. */
export function compareCommits(state: WorldState, base: string, head: string): Comparison {
  const ofBase = ancestors(state, base);
  const ofHead = ancestors(state, head);
  const ahead = [...ofHead].filter((sha) => !ofBase.has(sha)).toReversed();
  const behindBy = [...ofBase].filter((sha) => !ofHead.has(sha)).length;
  return {
    status: statusOf(ahead.length, behindBy),
    ahead,
    behindBy,
    mergeBase: nearestShared(state, ofBase, head),
  };
}

export interface FileChange {
  readonly path: string;
  readonly status: "added" | "removed" | "modified";
  readonly before: string | null;
  readonly after: string | null;
}

/** The files that differ between two trees, in path order. */
export function diffFiles(before: Files, after: Files): FileChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted(inOrder);
  return paths.flatMap((path) => {
    const [old, fresh] = [before.get(path) ?? null, after.get(path) ?? null];
    if (old === fresh) {
      return [];
    }
    const status = old === null ? "added" : fresh === null ? "removed" : "modified";
    return [{ path, status, before: old, after: fresh } satisfies FileChange];
  });
}

/** A tree with changes applied; null removes a file. */
export function applyFiles(files: Files, changes: Readonly<Record<string, string | null>>): Files {
  const next = new Map(files);
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) {
      next.delete(path);
    } else {
      next.set(path, content);
    }
  }
  return next;
}
