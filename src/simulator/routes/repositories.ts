import { json, notFound, problem, type Answer } from "../answer.ts";
import { pageOf } from "../paging.ts";
import { permissionsOf, roleOf } from "../principal.ts";
import { presentFullRepository, presentRepository } from "../represent/repository.ts";
import { presentAccount } from "../represent/urls.ts";
import type { Call, RepositoryCall, Route } from "../router.ts";
import { findAccount } from "../world/accounts.ts";
import { visibleRepositories } from "../world/installations.ts";
import type { Role } from "../world/state.ts";
import type { Room } from "./room.ts";

/** The older four-step permission that GitHub answers beside the role. */
const LEGACY: Readonly<Record<Role, string>> = {
  read: "read",
  triage: "read",
  write: "write",
  maintain: "write",
  admin: "admin",
};

function permissionOf(room: Room, { params, repository, principal }: RepositoryCall): Answer {
  const user = findAccount(room.state, params["login"] ?? "");
  if (user === null) {
    return problem(404, `${params["login"]} is not a user`);
  }
  if (
    "login" in principal &&
    !["write", "maintain", "admin"].includes(roleOf(repository, principal.login) ?? "none")
  ) {
    return problem(403, "Must have push access to view collaborator permission.");
  }
  const role = roleOf(repository, user.login);
  const reaches = (...roles: Role[]) => role !== null && roles.includes(role);
  return json(200, {
    permission: role === null ? "none" : LEGACY[role],
    role_name: role ?? "none",
    user: {
      ...presentAccount(room.state, user),
      role_name: role ?? "none",
      permissions: {
        admin: reaches("admin"),
        maintain: reaches("admin", "maintain"),
        push: reaches("admin", "maintain", "write"),
        triage: reaches("admin", "maintain", "write", "triage"),
        pull: role !== null,
      },
    },
  });
}

function installationRepositories(room: Room, { request, principal }: Call): Answer {
  const { state } = room;
  if (principal.kind !== "installation") {
    return notFound();
  }
  const installation = state.installations.get(principal.installationId);
  const all = installation === undefined ? [] : visibleRepositories(state, installation);
  const seen = all.filter(({ id }) => principal.repositoryIds?.includes(id) ?? true);
  const page = pageOf(state.url(), request, seen);
  const body = {
    total_count: seen.length,
    repository_selection: installation?.repositoryIds === null ? "all" : "selected",
    repositories: page.items.map((one) => presentRepository(state, one)),
  };
  return json(200, body, page.headers);
}

/** Repositories as such, and who may do what there. */
export function repositoryRoutes(room: Room): Route[] {
  const { state } = room;
  return [
    {
      method: "GET",
      pattern: "/installation/repositories",
      auth: "installation",
      handle: (call) => installationRepositories(room, call),
    },
    {
      method: "GET",
      pattern: "/repos/:owner/:repo",
      auth: "repository",
      needs: [{ metadata: "read" }],
      handle({ repository, principal }) {
        const body = presentFullRepository(state, repository);
        return json(
          200,
          "login" in principal
            ? { ...body, permissions: permissionsOf(repository, principal.login) }
            : body,
        );
      },
    },
    {
      method: "GET",
      pattern: "/repos/:owner/:repo/collaborators/:login/permission",
      auth: "repository",
      needs: [{ metadata: "read" }],
      handle: (call) => permissionOf(room, call),
    },
    {
      method: "GET",
      pattern: "/repos/:owner/:repo/actions/permissions",
      auth: "repository",
      needs: [{ administration: "read" }],
      handle: ({ repository }) =>
        json(200, {
          enabled: repository.actionsEnabled,
          ...(repository.actionsEnabled ? { allowed_actions: "all" } : {}),
          sha_pinning_required: false,
        }),
    },
  ];
}
