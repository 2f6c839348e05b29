/**
 * Retention: what is long over keeps its key, state and commit for ever, so that nothing can be
 * dispatched a second time, and loses what is long to store. Deliveries and callers' keys go whole.
 */
import type { LedgerContext } from "./ledger-context.ts";
import type { Store } from "./store.ts";

const BATCH = 200;
const EVERY_MS = 3_600_000;
/** Between two parts, while more is left. */
const SOON_MS = 5_000;
/** GitHub redelivers for three days; a caller repeats a request within minutes. */
const ORDERS_KEPT_MS = 86_400_000;

/**
 * Prunes a bounded part of what grows with every merge, and once an hour the rest. Returns when to
 * come again for what is left, or null when there is nothing that anybody waits for.
 */
export function prune({ store, clock, settings }: LedgerContext): number | null {
  const now = clock.now();
  const dueAt = Number(store.meta("pruned_at") ?? 0) + EVERY_MS;
  if (now < dueAt) return dueAt - now <= SOON_MS ? dueAt : null;
  const before = now - settings.retentionMs;
  if (store.meta("prune_more") !== "true") pruneSmall(store, { nowMs: now, beforeMs: before });
  const thinned = store.thinDispatches(store.meta("pruned_to") ?? "", before, BATCH);
  if (thinned.lastId !== null) store.setMeta("pruned_to", thinned.lastId);
  const taken = [
    thinned.count,
    store.pruneDeliveries(before, BATCH),
    store.aliases.prune(Number(store.meta("repository_id")), before, BATCH),
  ];
  const more = taken.some((count) => count >= BATCH);
  store.setMeta("prune_more", String(more));
  store.setMeta("pruned_at", String(more ? now + SOON_MS - EVERY_MS : now));
  return more ? now + SOON_MS : null;
}

/** Few rows, or none that an index finds: not with every part. */
function pruneSmall(
  store: Store,
  { nowMs, beforeMs }: { readonly nowMs: number; readonly beforeMs: number },
): void {
  store.orders.prune(nowMs - ORDERS_KEPT_MS);
  store.forwards.prune(nowMs);
  store.commands.prune(beforeMs);
  store.reports.prune(beforeMs);
}
