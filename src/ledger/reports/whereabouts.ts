/** Where to speak to the repository: as it was last seen, or as GitHub says when that went astray. */
import type { RepositoryRef } from "../../domain/ports.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { rememberRepository, repositoryHint } from "../repository-memory.ts";

/** Null when GitHub cannot say now. */
export async function whereabouts(context: LedgerContext): Promise<RepositoryRef | null> {
  const { store, github } = context;
  const { id, owner, name, installationId } = repositoryHint(store);
  if (id !== null && installationId !== null && store.meta("reports_lost") === null) {
    return { id, owner, name, installationId };
  }
  const located = await github.locate(repositoryHint(store));
  if (located.kind !== "ok") return null;
  rememberRepository(store, located.value);
  store.dropMeta("reports_lost");
  return located.value;
}

/** A redirect, or a token that could not be had for it: the names or the installation have changed. */
export function noteAstray({ store }: LedgerContext, cause: string): void {
  if (/^status-3|^repository-|^installation-/.test(cause)) store.setMeta("reports_lost", "true");
}
