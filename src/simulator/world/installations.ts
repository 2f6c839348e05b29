import { installationEvent, installationRepositoriesEvent } from "../payloads/installation.ts";
import { account } from "./accounts.ts";
import { repositoryOf, type RepositoryReference } from "./find.ts";
import type {
  AccountType,
  Emit,
  Installation,
  Permissions,
  Repository,
  WorldState,
} from "./state.ts";

export interface InstallationParts {
  readonly owner: string | { login: string; type?: AccountType };
  /** Default: everything that the App asks for. */
  readonly permissions?: Permissions;
  readonly suspended?: boolean;
  /** Default: every repository of the account, later ones included. */
  readonly repositories?: readonly RepositoryReference[];
  readonly createdAt?: number;
}

/** The repositories that an installation can see now. */
export function visibleRepositories(state: WorldState, installation: Installation): Repository[] {
  return [...state.repositories.values()].filter(
    ({ id, owner }) =>
      owner === installation.account && (installation.repositoryIds?.has(id) ?? true),
  );
}

function addInstallation(state: WorldState, parts: InstallationParts): Installation {
  const owner = typeof parts.owner === "string" ? { login: parts.owner } : parts.owner;
  const now = state.now();
  const installation: Installation = {
    id: state.nextId("installation"),
    account: account(state, owner.login, owner.type ?? "Organization"),
    permissions: { ...(parts.permissions ?? state.app.permissions) },
    events: [...state.app.events],
    suspendedAt: parts.suspended === true ? now : null,
    repositoryIds:
      parts.repositories === undefined
        ? null
        : new Set(parts.repositories.map((repository) => repositoryOf(state, repository).id)),
    createdAt: parts.createdAt ?? now,
    updatedAt: now,
  };
  state.installations.set(installation.id, installation);
  return installation;
}

export interface SelectionChange {
  readonly add?: readonly RepositoryReference[];
  readonly remove?: readonly RepositoryReference[];
}

function changeSelection(
  state: WorldState,
  emit: Emit,
  installation: Installation,
  change: SelectionChange,
): void {
  const added = (change.add ?? []).map((reference) => repositoryOf(state, reference));
  const removed = (change.remove ?? []).map((reference) => repositoryOf(state, reference));
  const selected =
    installation.repositoryIds ?? visibleRepositories(state, installation).map(({ id }) => id);
  const next = new Set([...selected, ...added.map(({ id }) => id)]);
  for (const { id } of removed) {
    next.delete(id);
  }
  installation.repositoryIds = next;
  emit(installationRepositoriesEvent(state, installation, { added, removed }));
}

/** Verbs about installations of the App. */
export function installationVerbs(state: WorldState, emit: Emit) {
  const mustFind = (id: number): Installation => {
    const installation = state.installations.get(id);
    if (installation === undefined) {
      throw new Error(`the simulated GitHub has no installation ${id}`);
    }
    return installation;
  };
  const tell = (installation: Installation, action: string): void => {
    installation.updatedAt = state.now();
    const repositories = visibleRepositories(state, installation);
    emit(installationEvent(state, installation, { action, repositories }));
  };
  return {
    /** Installs the App for an account. */
    addInstallation(parts: InstallationParts): Installation {
      const installation = addInstallation(state, parts);
      tell(installation, "created");
      return installation;
    },
    /** Suspends, or lifts it. */
    setSuspended(id: number, suspended: boolean): void {
      const installation = mustFind(id);
      installation.suspendedAt = suspended ? state.now() : null;
      tell(installation, suspended ? "suspend" : "unsuspend");
    },
    /** Uninstalls: its tokens are dead and its repositories unknown to the App. */
    removeInstallation(id: number): void {
      const installation = mustFind(id);
      tell(installation, "deleted");
      state.installations.delete(id);
    },
    /** Changes what the owner grants. */
    setInstallationPermissions(id: number, permissions: Permissions): void {
      const installation = mustFind(id);
      installation.permissions = { ...permissions };
      tell(installation, "new_permissions_accepted");
    },
    /** Adds repositories to a selection, or takes them out. */
    changeInstallationRepositories: (id: number, change: SelectionChange): void =>
      changeSelection(state, emit, mustFind(id), change),
  };
}
