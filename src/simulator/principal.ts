import type { Installation, Level, Permissions, Repository, Role } from "./world/state.ts";

/** Who is asking, and with what kind of token. */
export type Principal =
  | { kind: "anonymous" }
  | { kind: "app" }
  | {
      kind: "installation";
      installationId: number;
      repositoryIds: readonly number[] | null;
      permissions: Permissions;
    }
  | { kind: "classic"; login: string; scopes: readonly string[] }
  | {
      kind: "fine-grained";
      login: string;
      repositoryIds: readonly number[] | null;
      permissions: Permissions;
    }
  | { kind: "app-user"; login: string; own: boolean };

/** Alternatives, any of which opens an endpoint; each lists permissions that must all be there. */
export type Needs = readonly Permissions[];

const LEVELS: readonly Level[] = ["read", "write", "admin"];
const ROLES: readonly Role[] = ["read", "triage", "write", "maintain", "admin"];

/** Whether every permission asked for is granted at that level or above. */
export function grants(granted: Permissions, wanted: Permissions): boolean {
  return Object.entries(wanted).every(
    ([name, level]) =>
      granted[name] !== undefined && LEVELS.indexOf(granted[name]) >= LEVELS.indexOf(level),
  );
}

/** Whether the granted permissions satisfy one of the alternatives. */
function satisfies(granted: Permissions, needs: Needs): boolean {
  return (
    needs.length === 0 || needs.some((wanted) => grants({ metadata: "read", ...granted }, wanted))
  );
}

/** What GitHub states as `permissions` beside a repository, for the person who asks. */
export function permissionsOf(repository: Repository, login: string) {
  const rank = ROLES.indexOf(roleOf(repository, login) ?? "read");
  return {
    admin: rank >= 4,
    maintain: rank >= 3,
    push: rank >= 2,
    triage: rank >= 1,
    pull: roleOf(repository, login) !== null,
  };
}

/** A person's effective role: their own, the owner's, or what a public repository gives anyone. */
export function roleOf(repository: Repository, login: string): Role | null {
  if (repository.owner.login.toLowerCase() === login.toLowerCase()) {
    return "admin";
  }
  return repository.roles.get(login.toLowerCase()) ?? (repository.private ? null : "read");
}

/** Whether a role is at least another. */
function roleReaches(role: Role | null, wanted: Role): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(wanted);
}

function roleFor(needs: Needs): Role {
  // Anyone who can read may comment and react; other writes need the write role.
  const writes = needs.every((wanted) =>
    Object.entries(wanted).some(
      ([name, level]) => level !== "read" && name !== "issues" && name !== "pull_requests",
    ),
  );
  return writes && needs.length > 0 ? "write" : "read";
}

export interface Access {
  readonly repository: Repository;
  readonly needs: Needs;
  /** The App's installation there, if any. */
  readonly installation: Installation | null;
}

export type AccessVerdict = "allowed" | "forbidden" | "no-role" | "hidden";

function judgePerson(login: string, access: Access, publicOnly: boolean): AccessVerdict {
  const role = roleOf(access.repository, login);
  if (role === null || (publicOnly && access.repository.private)) {
    return "hidden";
  }
  return roleReaches(role, roleFor(access.needs)) ? "allowed" : "no-role";
}

function judgeClassic(principal: Principal & { kind: "classic" }, access: Access): AccessVerdict {
  const { scopes, login } = principal;
  if (scopes.includes("repo")) {
    return judgePerson(login, access, false);
  }
  const verdict = judgePerson(login, access, true);
  const reads = roleFor(access.needs) === "read";
  // GitHub hides a write that the scopes do not reach behind 404.
  return verdict === "allowed" && !reads && !scopes.includes("public_repo") ? "hidden" : verdict;
}

function judgeLimited(
  limits: { repositoryIds: readonly number[] | null; permissions: Permissions },
  access: Access,
): AccessVerdict {
  if (limits.repositoryIds !== null && !limits.repositoryIds.includes(access.repository.id)) {
    return "hidden";
  }
  return satisfies(limits.permissions, access.needs) ? "allowed" : "forbidden";
}

function judgeAppUser(login: string, access: Access): AccessVerdict {
  if (access.installation === null) {
    return judgePerson(login, access, true);
  }
  const person = judgePerson(login, access, false);
  const granted = satisfies(access.installation.permissions, access.needs);
  return person === "allowed" && !granted ? "forbidden" : person;
}

/** Whether a principal may use an endpoint of a repository. */
export function judgeAccess(principal: Principal, access: Access): AccessVerdict {
  switch (principal.kind) {
    case "anonymous":
      return access.repository.private || roleFor(access.needs) !== "read" ? "hidden" : "allowed";
    case "app":
      return "hidden";
    case "installation":
      return access.installation?.id === principal.installationId
        ? judgeLimited(principal, access)
        : "hidden";
    case "classic":
      return judgeClassic(principal, access);
    case "fine-grained": {
      const limited = judgeLimited(principal, access);
      return limited === "allowed" ? judgePerson(principal.login, access, false) : limited;
    }
    case "app-user":
      return judgeAppUser(principal.login, access);
  }
}
