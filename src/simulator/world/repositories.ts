import { NO_COMMIT, pushEvent } from "../payloads/push.ts";
import { account } from "./accounts.ts";
import { fullName, repositoryOf, type RepositoryReference } from "./find.ts";
import { makeCommit } from "./git.ts";
import { changeTree, EMPTY_TREE } from "./tree.ts";
import type { Account, Emit, Repository, Role, WorldState } from "./state.ts";

export interface RepositoryParts {
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch?: string;
  readonly private?: boolean;
  readonly files?: Readonly<Record<string, string>>;
}

/** Adds a repository record under a name; an old name that redirected is taken over. */
export function registerRepository(
  state: WorldState,
  parts: { owner: Account; name: string; defaultBranch: string; isPrivate: boolean },
  parent: Repository | null,
): Repository {
  const id = state.nextId("repository");
  const now = state.now();
  const repository: Repository = {
    id,
    network: parent?.network ?? id,
    owner: parts.owner,
    name: parts.name,
    private: parts.isPrivate,
    archived: false,
    parentId: parent?.id ?? null,
    defaultBranch: parts.defaultBranch,
    branches: new Map(parent?.branches),
    protectedBranches: new Set(),
    tags: new Map(parent?.tags),
    pulls: new Map(),
    nextNumber: 1,
    workflowIds: new Map(),
    workflowStates: new Map(),
    runCounters: new Map(),
    roles: new Map(),
    actionsEnabled: true,
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
  };
  const key = fullName(repository).toLowerCase();
  if (state.names.has(key)) {
    throw new Error(`the simulated GitHub already has a repository ${key}`);
  }
  state.repositories.set(id, repository);
  state.names.set(key, id);
  state.redirects.delete(key);
  return repository;
}

/** Moves a branch or tag to a commit (null deletes it) and tells the world by a push. */
export function moveRef(
  state: WorldState,
  emit: Emit,
  move: { repository: Repository; ref: string; to: string | null; pusher: Account },
): void {
  const { repository, ref, to, pusher } = move;
  const refs = ref.startsWith("refs/tags/") ? repository.tags : repository.branches;
  const name = ref.replace(/^refs\/(?:heads|tags)\//, "");
  const before = refs.get(name) ?? NO_COMMIT;
  if (to === null) {
    refs.delete(name);
  } else {
    refs.set(name, to);
  }
  repository.pushedAt = state.now();
  emit(pushEvent(state, repository, { ref, before, after: to ?? NO_COMMIT, pusher }));
}

function addRepository(state: WorldState, parts: RepositoryParts): Repository {
  const owner = account(state, parts.owner, "Organization");
  const defaultBranch = parts.defaultBranch ?? "main";
  const isPrivate = parts.private ?? false;
  const repository = registerRepository(
    state,
    { owner, name: parts.name, defaultBranch, isPrivate },
    null,
  );
  const files = changeTree(EMPTY_TREE, { "README.md": `# ${parts.name}\n`, ...parts.files });
  const message = "Initial commit";
  const first = makeCommit(state, repository.network, {
    parents: [],
    files,
    message,
    author: owner,
  });
  repository.branches.set(defaultBranch, first.sha);
  return repository;
}

function commit(
  state: WorldState,
  emit: Emit,
  at: { reference: RepositoryReference; branch: string; parts: CommitRequest },
): string {
  const { branch, parts } = at;
  const repository = repositoryOf(state, at.reference);
  const author = account(state, parts.author ?? repository.owner.login);
  const parent = state.commits.get(repository.branches.get(branch) ?? "");
  const made = makeCommit(state, repository.network, {
    parents: parent === undefined ? [] : [parent.sha],
    files: changeTree(parent?.files ?? EMPTY_TREE, parts.files),
    message: parts.message ?? `Change ${Object.keys(parts.files).join(", ")}`,
    author,
  });
  moveRef(state, emit, {
    repository,
    ref: `refs/heads/${branch}`,
    to: made.sha,
    pusher: author,
  });
  return made.sha;
}

export interface CommitRequest {
  /** Paths with their new content; null removes. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly author?: string;
  readonly message?: string;
}

/** Verbs about repositories themselves. */
export function repositoryVerbs(state: WorldState, emit: Emit) {
  return {
    /** Adds a repository with one commit; without files it holds a README. */
    addRepository: (parts: RepositoryParts): Repository => addRepository(state, parts),

    /** Forks a repository to another account; objects stay shared. */
    fork(reference: RepositoryReference, login: string, name?: string): Repository {
      const parent = repositoryOf(state, reference);
      const owner = account(state, login);
      const parts = { owner, defaultBranch: parent.defaultBranch, isPrivate: parent.private };
      return registerRepository(state, { ...parts, name: name ?? parent.name }, parent);
    },

    /** Gives a person a role in a repository; null takes it away. */
    setPermission(login: string, reference: RepositoryReference, role: Role | null): void {
      const { roles } = repositoryOf(state, reference);
      const key = account(state, login).login.toLowerCase();
      if (role === null) {
        roles.delete(key);
      } else {
        roles.set(key, role);
      }
    },

    /** Commits file changes on a branch and pushes; returns the new SHA. */
    commit: (reference: RepositoryReference, branch: string, parts: CommitRequest): string =>
      commit(state, emit, { reference, branch, parts }),
  };
}
