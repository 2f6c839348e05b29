import { presentRepository } from "../represent/repository.ts";
import { nodeId, presentAccount } from "../represent/urls.ts";
import { appBot } from "../world/accounts.ts";
import type { Account, Installation, Repository, WorldEvent, WorldState } from "../world/state.ts";

/** The installation that sees a repository, suspended ones included; null if the App is not there. */
export function installationOf(state: WorldState, repository: Repository): Installation | null {
  for (const installation of state.installations.values()) {
    const covers =
      installation.account === repository.owner &&
      (installation.repositoryIds === null || installation.repositoryIds.has(repository.id));
    if (covers) {
      return installation;
    }
  }
  return null;
}

export interface EventParts {
  readonly name: string;
  readonly action: string | null;
  readonly sender: Account | null;
  readonly body: Record<string, unknown>;
}

/** Puts what every repository event carries around its own fields: repository, sender, installation. */
export function repositoryEvent(
  state: WorldState,
  repository: Repository,
  parts: EventParts,
): WorldEvent {
  const installation = installationOf(state, repository);
  const owner = repository.owner;
  return {
    name: parts.name,
    action: parts.action,
    repositoryId: repository.id,
    installationId: installation?.id ?? null,
    payload: {
      ...(parts.action === null ? {} : { action: parts.action }),
      repository: presentRepository(state, repository),
      ...(owner.type === "Organization" ? { organization: presentOrganization(state, owner) } : {}),
      sender: presentAccount(state, parts.sender ?? appBot(state)),
      ...(installation === null
        ? {}
        : { installation: { id: installation.id, node_id: nodeId("I", installation.id) } }),
      ...parts.body,
    },
  };
}

/** GitHub's short organization object. */
export function presentOrganization(state: WorldState, owner: Account) {
  const url = `${state.url()}/orgs/${owner.login}`;
  return {
    login: owner.login,
    id: owner.id,
    node_id: nodeId("O", owner.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${state.url()}/avatars/u/${owner.id}?v=4`,
    description: "",
  };
}
