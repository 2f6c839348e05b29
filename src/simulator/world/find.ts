import type { Repository, WorldState } from "./state.ts";

/** `owner/name` in any case, a numeric id, or the repository itself. */
export type RepositoryReference = string | number | Repository;

/** The current `owner/name` of a repository. */
export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** What a name leads to: a repository, the id that an old name redirects to, or nothing. */
export type Named =
  | { kind: "found"; repository: Repository }
  | { kind: "moved"; id: number }
  | { kind: "none" };

/** Looks a name up as GitHub's router does: current names first, then old ones. */
export function lookUpName(state: WorldState, name: string): Named {
  const key = name.toLowerCase();
  const current = state.repositories.get(state.names.get(key) ?? -1);
  if (current !== undefined) {
    return { kind: "found", repository: current };
  }
  const moved = state.redirects.get(key);
  return moved !== undefined && state.repositories.has(moved)
    ? { kind: "moved", id: moved }
    : { kind: "none" };
}

/** The repository a test means; throws on a mistake in the test. */
export function repositoryOf(state: WorldState, reference: RepositoryReference): Repository {
  if (typeof reference === "object") {
    return reference;
  }
  const id = typeof reference === "number" ? reference : state.names.get(reference.toLowerCase());
  const repository = state.repositories.get(id ?? -1);
  if (repository === undefined) {
    throw new Error(`the simulated GitHub has no repository ${String(reference)}`);
  }
  return repository;
}
