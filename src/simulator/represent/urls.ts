import type { Account, Repository, WorldState } from "../world/state.ts";
import { fullName } from "../world/find.ts";

/** GitHub's opaque object id. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString("base64url");
}

/** GitHub's time format: whole seconds, UTC. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** Like {@link timestamp}, but null stays null. */
export function optionalTimestamp(milliseconds: number | null): string | null {
  return milliseconds === null ? null : timestamp(milliseconds);
}

/** `/repos/{owner}/{name}` on the API's host. */
export function repositoryApiUrl(state: WorldState, repository: Repository): string {
  return `${state.url()}/repos/${fullName(repository)}`;
}

/** The page of a repository; the simulator is its own web site. */
export function repositoryWebUrl(state: WorldState, repository: Repository): string {
  return `${state.url()}/${fullName(repository)}`;
}

/** GitHub's "simple user" object. */
export function presentAccount(state: WorldState, account: Account) {
  const url = `${state.url()}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("U", account.id),
    avatar_url: `${state.url()}/avatars/u/${account.id}?v=4`,
    gravatar_id: "",
    url,
    html_url: `${state.url()}/${encodeURIComponent(account.login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: "public",
    site_admin: false,
  };
}
