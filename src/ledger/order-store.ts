/** What was asked under a caller's own key, so that the same request is carried out once. */
import type { WatchedSql } from "./watched-sql.ts";

export class OrderStore {
  readonly #sql: WatchedSql;

  constructor(sql: WatchedSql) {
    this.#sql = sql;
  }

  /** What a key has led to, or null. */
  get(key: string): { digest: string; dispatchIds: string[] } | null {
    const [row] = this.#sql.exec<{ digest: string; dispatch_ids: string }>(
      "SELECT digest, dispatch_ids FROM orders WHERE key = ?",
      key,
    );
    return row ? { digest: row.digest, dispatchIds: row.dispatch_ids.split(",") } : null;
  }

  add(key: string, digest: string, dispatchIds: readonly string[], nowMs: number): void {
    this.#sql.exec(
      "INSERT INTO orders (key, digest, dispatch_ids, at) VALUES (?, ?, ?, ?)",
      key,
      digest,
      dispatchIds.join(","),
      nowMs,
    );
  }

  prune(beforeMs: number): void {
    this.#sql.exec("DELETE FROM orders WHERE at < ?", beforeMs);
  }
}
