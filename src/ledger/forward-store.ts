/** In a builder's ledger: whose dispatch a run belongs to. */
import type { WatchedSql } from "./watched-sql.ts";
export class ForwardStore {
  readonly #sql: WatchedSql;

  constructor(sql: WatchedSql) {
    this.#sql = sql;
  }

  add(dispatchId: string, repositoryId: number, expiresAt: number): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO forwards (dispatch_id, repository_id, expires_at) VALUES (?, ?, ?)",
      dispatchId,
      repositoryId,
      expiresAt,
    );
  }

  /** The repository whose ledger made the dispatch, or null. */
  repositoryOf(dispatchId: string): number | null {
    const [row] = this.#sql.exec<{ repository_id: number }>(
      "SELECT repository_id FROM forwards WHERE dispatch_id = ?",
      dispatchId,
    );
    return row?.repository_id ?? null;
  }

  /** Forgets what has expired. */
  prune(nowMs: number): void {
    this.#sql.exec("DELETE FROM forwards WHERE expires_at < ?", nowMs);
  }
}
