/**
 * Retention: what is long over keeps its key, state and commit for ever, so that nothing can be
 * dispatched a second time, and loses what is long to store. Deliveries and callers' keys go whole.
 */
import type { LedgerContext } from "./ledger-context.ts";

const BATCH = 200;
const EVERY_MS = 3_600_000;
/** GitHub redelivers for three days; a caller repeats a request within minutes. */
const ORDERS_KEPT_MS = 86_400_000;

/** Prunes a bounded part, at most once an hour. */
export function prune({ store, clock, settings }: LedgerContext): void {
  const now = clock.now();
  if (now - Number(store.meta("pruned_at") ?? 0) < EVERY_MS) return;
  store.setMeta("pruned_at", String(now));
  const before = now - settings.retentionMs;
  store.pruneDeliveries(before, BATCH);
  store.aliases.prune(Number(store.meta("repository_id")), before, BATCH);
  store.pruneOrders(now - ORDERS_KEPT_MS);
  store.pruneForwards(now);
  store.commands.prune(before);
  store.reports.prune(before);
  const thinned = store.thinDispatches(store.meta("pruned_to") ?? "", before, BATCH);
  if (thinned !== null) store.setMeta("pruned_to", thinned);
}
