/** What the sweeper asks of a ledger and tells it. */
import type { Visit } from "../domain/visit.ts";
import { rememberRepository } from "./repository-memory.ts";
import { hastenScan, hastenScanAfterPush } from "./scan-schedule.ts";
import type { Store } from "./store.ts";

/** After so long the index is told again even if nothing has changed: it may be another one. */
const INDEX_AGAIN_MS = 86_400_000;

/** True when the ledger has the delivery: GitHub only never heard our answer. */
export function knows(store: Store, guid: string): boolean {
  return store.delivery(guid) !== null;
}

/** Learns where the repository is; true when there is something to do now. */
export function takeVisit(
  store: Store,
  visit: Visit,
  time: { readonly nowMs: number; readonly intervalMs: number },
): boolean {
  const { repository, installedAtMs, pushedAtMs } = visit;
  const { nowMs, intervalMs } = time;
  rememberRepository(store, repository);
  if (store.meta("installed_at") === null) store.setMeta("installed_at", String(installedAtMs));
  const told = Number(store.meta("index_told_at") ?? 0);
  const isStale = store.meta("index_name") !== null && nowMs - told > INDEX_AGAIN_MS;
  if (isStale) store.setMeta("index_stale", "true");
  // A sweeper of the version before does not say when something was pushed.
  const hastened =
    pushedAtMs === undefined
      ? hastenScan(store, nowMs, intervalMs)
      : hastenScanAfterPush(store, { pushedAtMs, installedAtMs }, time);
  return hastened || isStale;
}
