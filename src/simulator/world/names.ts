import { presentOrganization, repositoryEvent } from "../payloads/event.ts";
import { presentAccount } from "../represent/urls.ts";
import { account } from "./accounts.ts";
import { fullName, repositoryOf, type RepositoryReference } from "./find.ts";
import type { Account, Emit, Repository, WorldState } from "./state.ts";

function giveName(state: WorldState, repository: Repository, owner: Account, name: string): void {
  const old = fullName(repository).toLowerCase();
  state.names.delete(old);
  state.redirects.set(old, repository.id);
  repository.owner = owner;
  repository.name = name;
  const key = fullName(repository).toLowerCase();
  state.names.set(key, repository.id);
  state.redirects.delete(key);
}

/** Verbs that change what a repository is called; old names redirect until somebody takes them. */
export function nameVerbs(state: WorldState, emit: Emit) {
  return {
    /** Renames a repository. */
    renameRepository(reference: RepositoryReference, name: string): void {
      const repository = repositoryOf(state, reference);
      const from = repository.name;
      const sender = repository.owner;
      giveName(state, repository, sender, name);
      const body = { changes: { repository: { name: { from } } } };
      const parts = { name: "repository", action: "renamed", sender, body };
      emit(repositoryEvent(state, repository, parts));
    },

    /** Moves a repository to another owner. */
    transferRepository(reference: RepositoryReference, login: string): void {
      const repository = repositoryOf(state, reference);
      const sender = repository.owner;
      giveName(state, repository, account(state, login, "Organization"), repository.name);
      const from =
        sender.type === "Organization"
          ? { organization: presentOrganization(state, sender) }
          : { user: presentAccount(state, sender) };
      const body = { changes: { owner: { from } } };
      const parts = { name: "repository", action: "transferred", sender, body };
      emit(repositoryEvent(state, repository, parts));
    },
  };
}
