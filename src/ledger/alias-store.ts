/**
 * Ids of dispatches that were taken in by another one: a merge and its push are told of by two events,
 * each gets an id at once, and the two meet only when they are proved. Whoever has kept the id that
 * went is led to the dispatch that stayed.
 */
import type { WatchedSql } from "./watched-sql.ts";
import { makeDispatchId } from "../domain/dispatch-id.ts";

const NO_CHANCE = new Uint8Array(16);

export class AliasStore {
  readonly #sql: WatchedSql;

  constructor(sql: WatchedSql) {
    this.#sql = sql;
  }

  /** `claimKey`: of a claim that needs no record of its own any more; null where it has one. */
  add(id: string, dispatchId: string, claimKey: string | null): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO aliases (id, dispatch_id, claim_key) VALUES (?, ?, ?)",
      id,
      dispatchId,
      claimKey,
    );
  }

  /**
   * The dispatch that took a merge in, or null: all that the claim would start had been dispatched
   * when it was proved.
   */
  targetOfClaim(claimKey: string): string | null {
    const [row] = this.#sql.exec<{ dispatch_id: string }>(
      "SELECT dispatch_id FROM aliases WHERE claim_key = ? LIMIT 1",
      claimKey,
    );
    return row?.dispatch_id ?? null;
  }

  /** The id of the dispatch that stayed, or null. */
  target(id: string): string | null {
    const [row] = this.#sql.exec<{ dispatch_id: string }>(
      "SELECT dispatch_id FROM aliases WHERE id = ?",
      id,
    );
    return row?.dispatch_id ?? null;
  }

  /** Forgets ids given out before that time, the oldest first; how many. Ids sort by time. */
  prune(repositoryId: number, beforeMs: number, limit: number): number {
    return this.#sql.exec(
      "DELETE FROM aliases WHERE id IN (SELECT id FROM aliases WHERE id < ? ORDER BY id LIMIT ?)",
      makeDispatchId(repositoryId, beforeMs, NO_CHANCE),
      limit,
    ).rowsWritten;
  }
}
