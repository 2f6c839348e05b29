/** Which dispatches the index has to hear of. */
import type { WatchedSql } from "../watched-sql.ts";

export class OutboxStore {
  readonly #sql: WatchedSql;

  constructor(sql: WatchedSql) {
    this.#sql = sql;
  }

  add(dispatchId: string): void {
    this.#sql.exec("INSERT OR IGNORE INTO outbox (dispatch_id) VALUES (?)", dispatchId);
  }

  /** Ids, the oldest first. */
  first(limit: number): string[] {
    const rows = this.#sql.exec<{ dispatch_id: string }>(
      "SELECT dispatch_id FROM outbox ORDER BY dispatch_id LIMIT ?",
      limit,
    );
    return [...rows].map((row) => row.dispatch_id);
  }

  remove(dispatchId: string): void {
    this.#sql.exec("DELETE FROM outbox WHERE dispatch_id = ?", dispatchId);
  }

  /** Everything has to go to the index anew. */
  refill(): void {
    this.#sql.exec("INSERT OR IGNORE INTO outbox (dispatch_id) SELECT id FROM dispatches");
  }
}
