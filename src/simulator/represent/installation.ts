import type { Installation, WorldState } from "../world/state.ts";
import { nodeId, optionalTimestamp, presentAccount, timestamp } from "./urls.ts";

/** GitHub's installation object. */
export function presentInstallation(state: WorldState, installation: Installation) {
  const { id, account } = installation;
  const organization = account.type === "Organization";
  return {
    id,
    client_id: state.app.clientId,
    account: presentAccount(state, account),
    repository_selection: installation.repositoryIds === null ? "all" : "selected",
    access_tokens_url: `${state.url()}/app/installations/${id}/access_tokens`,
    repositories_url: `${state.url()}/installation/repositories`,
    html_url: organization
      ? `${state.url()}/organizations/${account.login}/settings/installations/${id}`
      : `${state.url()}/settings/installations/${id}`,
    app_id: state.app.id,
    app_slug: state.app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: installation.events,
    created_at: timestamp(installation.createdAt),
    updated_at: timestamp(installation.updatedAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspendedAt === null ? null : presentAccount(state, account),
    suspended_at: optionalTimestamp(installation.suspendedAt),
  };
}

/** GitHub's App object. */
export function presentApp(state: WorldState) {
  const { app } = state;
  return {
    id: app.id,
    slug: app.slug,
    client_id: app.clientId,
    node_id: nodeId("A", app.id),
    owner: presentAccount(state, app.owner),
    name: app.slug,
    description: "",
    external_url: `${state.url()}/apps/${app.slug}`,
    html_url: `${state.url()}/apps/${app.slug}`,
    created_at: timestamp(app.createdAt),
    updated_at: timestamp(app.createdAt),
    permissions: app.permissions,
    events: app.events,
    installations_count: state.installations.size,
  };
}
