/** What the sweeper asks of a ledger and tells it. */
import type { State } from "../domain/dispatch-state.ts";
import type { Standing, Visit } from "../domain/visit.ts";
import { expectRevival } from "./given-up-mark.ts";
import { rememberRepository } from "./repository-memory.ts";
import { dispatchesBehind, MOST_UNASKED_GENERATIONS, newestOf, revivable } from "./revival.ts";
import { hastenScan, hastenScanAfterPush } from "./scan-schedule.ts";
import type { Store } from "./store.ts";

/** After so long the index is told again even if nothing has changed: it may be another one. */
const INDEX_AGAIN_MS = 86_400_000;

/** GitHub has not taken it yet, and nobody keeps it back. */
const UNDER_WAY: readonly State[] = ["queued", "proving", "waiting", "dispatching", "unknown"];

/** What has become of a delivery, as far as a redelivery could change it. */
export function standing(store: Store, guid: string): Standing {
  const delivery = store.delivery(guid);
  if (delivery === null) return "missing";
  const { claim, pending } = delivery;
  if (claim === null) return "done";
  const rows = newestOf(dispatchesBehind(store, claim));
  if (pending || rows.some(({ state }) => UNDER_WAY.includes(state))) return "open";
  const givenUp = revivable(rows).some(({ generation }) => generation < MOST_UNASKED_GENERATIONS);
  return givenUp ? "missing" : "done";
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
  // A visit means that the App sees the repository.
  const isAwaited = expectRevival(store, nowMs, intervalMs);
  return hastened || isAwaited || isStale;
}
