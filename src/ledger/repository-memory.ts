/** Where the repository was last seen: its names and installation, kept in the ledger. */
import type { RepositoryHint, RepositoryRef } from "../domain/ports.ts";
import type { Store } from "./store.ts";

/** What the ledger knows of its repository; ids and names of a delivery until GitHub has confirmed them. */
export function repositoryHint(store: Store): RepositoryHint {
  const installation = store.meta("installation_id");
  return {
    id: Number(store.meta("repository_id")),
    owner: store.meta("owner") ?? "",
    name: store.meta("name") ?? "",
    installationId: installation === null ? null : Number(installation),
  };
}

/** Keeps where the repository is; writes only what changed. */
export function rememberRepository(
  store: Store,
  repository: Omit<RepositoryRef, "installationId"> & { installationId: number | null },
): void {
  store.setMeta("repository_id", String(repository.id));
  store.setMeta("owner", repository.owner);
  store.setMeta("name", repository.name);
  if (repository.installationId !== null) {
    store.setMeta("installation_id", String(repository.installationId));
  }
}
