import { json, notFound, problem, type Answer } from "../answer.ts";
import { pageOf } from "../paging.ts";
import { judgeAccess, permissionsOf, roleOf } from "../principal.ts";
import { installationOf } from "../payloads/event.ts";
import { presentInstallation } from "../represent/installation.ts";
import { presentRepository } from "../represent/repository.ts";
import { presentAccount, timestamp } from "../represent/urls.ts";
import type { Call, Route } from "../router.ts";
import { findAccount } from "../world/accounts.ts";
import { visibleRepositories } from "../world/installations.ts";
import type { Account, Installation, Repository, WorldState } from "../world/state.ts";
import type { Room } from "./room.ts";

function presentPublicUser(state: WorldState, user: Account) {
  const created = timestamp(state.app.createdAt);
  return {
    ...presentAccount(state, user),
    name: user.login,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: created,
    updated_at: created,
  };
}

function mayRead(repository: Repository, login: string): boolean {
  return roleOf(repository, login) !== null;
}

/** A user sees an installation if they can reach a repository of it by more than its being public. */
function reachable(state: WorldState, login: string): Installation[] {
  return [...state.installations.values()].filter((installation) =>
    visibleRepositories(state, installation).some(
      (repository) =>
        repository.roles.has(login.toLowerCase()) ||
        repository.owner.login.toLowerCase() === login.toLowerCase(),
    ),
  );
}

const OTHER_APP = { app_id: 654_321, app_slug: "another-app", client_id: "Iv23liAnotherClient" };

function userInstallations(state: WorldState, { principal, request }: Call): Answer {
  if (principal.kind !== "app-user") {
    return problem(403, "You must authenticate with an access token authorized to a GitHub App");
  }
  const found = reachable(state, principal.login);
  const page = pageOf(state.url(), request, found);
  const installations = page.items.map((one) => {
    const installation = presentInstallation(state, one);
    // Another App's token lists that App's installations: none of ours, though of the same owners.
    return principal.own ? installation : { ...installation, ...OTHER_APP };
  });
  return json(200, { total_count: found.length, installations }, page.headers);
}

function userInstallationRepositories(state: WorldState, call: Call): Answer {
  const { principal, params, request } = call;
  const installation = state.installations.get(Number(params["id"]));
  if (installation === undefined || principal.kind !== "app-user") {
    return notFound();
  }
  const found = visibleRepositories(state, installation).filter((one) =>
    mayRead(one, principal.login),
  );
  const page = pageOf(state.url(), request, found);
  const repositories = page.items.map((one) => presentOwn(state, one, principal.login));
  return json(200, { total_count: found.length, repositories }, page.headers);
}

function presentOwn(state: WorldState, repository: Repository, login: string) {
  const permissions = permissionsOf(repository, login);
  return { ...presentRepository(state, repository), permissions };
}

/** Those that a person owns or was let into, as far as the token reaches. */
function userRepositories(state: WorldState, { principal, request }: Call): Answer {
  if (!("login" in principal)) {
    return notFound();
  }
  const { login } = principal;
  const found = [...state.repositories.values()].filter((repository) => {
    const isTheirs =
      repository.roles.has(login.toLowerCase()) ||
      repository.owner.login.toLowerCase() === login.toLowerCase();
    const installation = installationOf(state, repository);
    const access = { repository, needs: [{ metadata: "read" as const }], installation };
    return isTheirs && judgeAccess(principal, access) === "allowed";
  });
  const page = pageOf(state.url(), request, found);
  return json(
    200,
    page.items.map((one) => presentOwn(state, one, login)),
    page.headers,
  );
}

/** People, and what their tokens say about them. */
export function userRoutes({ state }: Room): Route[] {
  return [
    {
      method: "GET",
      pattern: "/user",
      auth: "user",
      handle({ principal }) {
        const user = "login" in principal ? findAccount(state, principal.login) : null;
        return user === null ? notFound() : json(200, presentPublicUser(state, user));
      },
    },
    {
      method: "GET",
      pattern: "/user/installations",
      auth: "user",
      handle: (call) => userInstallations(state, call),
    },
    {
      method: "GET",
      pattern: "/user/installations/:id/repositories",
      auth: "user",
      handle: (call) => userInstallationRepositories(state, call),
    },
    {
      method: "GET",
      pattern: "/user/repos",
      auth: "user",
      handle: (call) => userRepositories(state, call),
    },
    {
      method: "GET",
      pattern: "/user/:id",
      auth: "open",
      handle({ params }) {
        const user = [...state.accounts.values()].find(({ id }) => String(id) === params["id"]);
        return user === undefined ? notFound() : json(200, presentPublicUser(state, user));
      },
    },
    {
      method: "GET",
      pattern: "/users/:login",
      auth: "open",
      handle({ params }) {
        const user = findAccount(state, params["login"] ?? "");
        return user === null ? notFound() : json(200, presentPublicUser(state, user));
      },
    },
  ];
}
