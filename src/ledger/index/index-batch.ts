/** What a ledger tells the index: its own row, and the dispatches that changed. */
import type { DispatchRow } from "../dispatch-row.ts";
import { repositoryHint } from "../repository-memory.ts";
import type { Store } from "../store.ts";

export interface IndexBatch {
  readonly ledger: LedgerEntry;
  readonly changed: readonly DispatchRow[];
  readonly deleted: readonly string[];
}

export interface LedgerEntry {
  readonly repositoryId: number;
  readonly owner: string;
  readonly name: string;
  readonly installationId: number | null;
  readonly paused: boolean;
  readonly open: number;
  /** When the cron may find this ledger overdue; null when nothing is open. */
  readonly nextDueAt: number | null;
  readonly at: number;
}

export interface IndexWriter {
  /** The index's own name, so that a ledger notices a new and empty one; null when it did not answer. */
  write(batch: IndexBatch): Promise<string | null>;
}

/** With its ledger's row and the index's name: 22 queries, of 50 that the free plan allows an invocation. */
const BATCH = 20;
/** An open dispatch is worth a kick when the index has not heard of its ledger for so long. */
const QUIET_MS = 900_000;

/** The next batch, or null when the index has everything. */
export function nextBatch(store: Store, nowMs: number): IndexBatch | null {
  const ids = store.outbox.first(BATCH);
  if (ids.length === 0 && store.meta("index_stale") !== "true") return null;
  const rows = new Map(ids.map((id) => [id, store.dispatch(id)]));
  const { id, owner, name, installationId } = repositoryHint(store);
  const due = store.nextDueAt();
  return {
    ledger: {
      repositoryId: id ?? 0,
      owner,
      name,
      installationId,
      paused: store.meta("paused") === "true",
      open: store.openCount(),
      nextDueAt: due === null ? null : Math.max(due, nowMs + QUIET_MS),
      at: nowMs,
    },
    changed: [...rows.values()].filter((row) => row !== null),
    deleted: ids.filter((each) => rows.get(each) === null),
  };
}

/** Takes out of the outbox what was written and has not changed since. */
export function settleBatch(store: Store, batch: IndexBatch, indexName: string): void {
  for (const row of batch.changed) {
    if (store.dispatch(row.id)?.version === row.version) store.outbox.remove(row.id);
  }
  for (const id of batch.deleted) store.outbox.remove(id);
  store.setMeta("index_stale", "false");
  if (store.meta("index_name") === indexName) return;
  // Another index than the one before, or the first: it gets everything.
  store.setMeta("index_name", indexName);
  store.outbox.refill();
}
