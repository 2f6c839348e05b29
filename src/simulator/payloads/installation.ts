import { presentInstallation } from "../represent/installation.ts";
import { nodeId, presentAccount } from "../represent/urls.ts";
import { fullName } from "../world/find.ts";
import type { Installation, Repository, WorldEvent, WorldState } from "../world/state.ts";

function presentNames(repositories: readonly Repository[]) {
  return repositories.map((repository) => ({
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
  }));
}

/** An `installation` event: created, deleted, suspend, unsuspend, new_permissions_accepted. */
export function installationEvent(
  state: WorldState,
  installation: Installation,
  cause: { action: string; repositories: readonly Repository[] },
): WorldEvent {
  const listed = cause.action === "created" || cause.action === "deleted";
  return {
    name: "installation",
    action: cause.action,
    repositoryId: null,
    installationId: installation.id,
    payload: {
      action: cause.action,
      installation: presentInstallation(state, installation),
      ...(listed ? { repositories: presentNames(cause.repositories) } : {}),
      ...(cause.action === "created" ? { requester: null } : {}),
      sender: presentAccount(state, installation.account),
    },
  };
}

/** An `installation_repositories` event: repositories added or removed. */
export function installationRepositoriesEvent(
  state: WorldState,
  installation: Installation,
  change: { added: readonly Repository[]; removed: readonly Repository[] },
): WorldEvent {
  const action = change.added.length > 0 ? "added" : "removed";
  return {
    name: "installation_repositories",
    action,
    repositoryId: null,
    installationId: installation.id,
    payload: {
      action,
      installation: presentInstallation(state, installation),
      repository_selection: installation.repositoryIds === null ? "all" : "selected",
      repositories_added: presentNames(change.added),
      repositories_removed: presentNames(change.removed),
      requester: null,
      sender: presentAccount(state, installation.account),
    },
  };
}
