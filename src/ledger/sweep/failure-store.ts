/** The deliveries that failed and are asked for again. */
import type { HookDelivery } from "../../domain/app-github.ts";
import type { Turn } from "./ask-rule.ts";

/** Why a delivery is not asked for any more. */
export type Settled = "known" | "given-up";

export interface Failure {
  readonly guid: string;
  /** The newest attempt that failed: what is asked for again. */
  readonly attemptId: string;
  readonly firstAt: number;
  readonly event: string;
  readonly repositoryId: number | null;
  readonly asks: number;
  readonly askedAt: number | null;
  readonly nextAt: number;
}

export class FailureStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Remembers a failed attempt: the newest of its GUID counts, the first tells the age. */
  remember(failed: HookDelivery): void {
    this.#sql.exec(
      `INSERT INTO failures
         (guid, attempt_id, attempt_at, first_at, event, action, repository_id, asks, asked_at, next_at, settled)
       VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, 0, NULL, 0, NULL)
       ON CONFLICT (guid) DO UPDATE SET
         attempt_id = iif(excluded.attempt_at > attempt_at, excluded.attempt_id, attempt_id),
         attempt_at = max(attempt_at, excluded.attempt_at),
         first_at = min(first_at, excluded.first_at)`,
      failed.guid,
      failed.id,
      failed.deliveredAtMs,
      failed.event,
      failed.action,
      failed.repositoryId,
    );
  }

  /** Forgets what has succeeded. */
  forget(guids: readonly string[]): void {
    if (guids.length === 0 || this.#isEmpty()) return;
    this.#sql.exec(
      "DELETE FROM failures WHERE guid IN (SELECT value FROM json_each(?))",
      JSON.stringify(guids),
    );
  }

  /** Nothing to ask for any more; a later success still takes the row away. */
  settle(guid: string, settled: Settled): void {
    this.#sql.exec("UPDATE failures SET settled = ? WHERE guid = ?", settled, guid);
  }

  /** Written before GitHub is asked, so that a crash counts as an ask. */
  noteAsk(guid: string, nowMs: number, nextAt: number): void {
    this.#sql.exec(
      "UPDATE failures SET asks = asks + 1, asked_at = ?, next_at = ? WHERE guid = ?",
      nowMs,
      nextAt,
      guid,
    );
  }

  /** GitHub surely did not take the ask. */
  takeBackAsk({ guid, asks, askedAt, nextAt }: Failure): void {
    this.#sql.exec(
      "UPDATE failures SET asks = ?, asked_at = ?, next_at = ? WHERE guid = ?",
      asks,
      askedAt,
      nextAt,
      guid,
    );
  }

  defer(guid: string, nextAt: number): void {
    this.#sql.exec("UPDATE failures SET next_at = ? WHERE guid = ?", nextAt, guid);
  }

  /** Those whose turn it is, the oldest first. */
  due({ dueBy, askedBefore, expiredBy }: Turn, limit: number): Failure[] {
    return this.#select(
      `WHERE settled IS NULL AND next_at <= ? AND (asked_at IS NULL OR asked_at < ?) AND first_at > ?
       ORDER BY first_at, guid LIMIT ?`,
      [dueBy, askedBefore, expiredBy, limit],
    );
  }

  expired({ expiredBy }: Turn, limit: number): Failure[] {
    return this.#select("WHERE settled IS NULL AND first_at <= ? ORDER BY first_at, guid LIMIT ?", [
      expiredBy,
      limit,
    ]);
  }

  open(): number {
    const [row] = this.#sql.exec<{ open: number }>(
      "SELECT COUNT(*) AS open FROM failures WHERE settled IS NULL",
    );
    return row?.open ?? 0;
  }

  /** Drops settled rows of which no walk can read again. */
  prune(stopAt: number): void {
    this.#sql.exec("DELETE FROM failures WHERE settled IS NOT NULL AND attempt_at < ?", stopAt);
  }

  addRedelivered(guids: readonly string[]): void {
    for (const guid of guids) {
      this.#sql.exec("INSERT OR IGNORE INTO redelivered (guid) VALUES (?)", guid);
    }
  }

  wasRedelivered(guid: string): boolean {
    return [...this.#sql.exec("SELECT 1 FROM redelivered WHERE guid = ?", guid)].length > 0;
  }

  clearRedelivered(): void {
    this.#sql.exec("DELETE FROM redelivered");
  }

  #isEmpty(): boolean {
    return [...this.#sql.exec("SELECT 1 FROM failures LIMIT 1")].length === 0;
  }

  #select(where: string, cells: readonly SqlStorageValue[]): Failure[] {
    const rows = this.#sql.exec<Record<string, SqlStorageValue>>(
      `SELECT guid, attempt_id AS attemptId, first_at AS firstAt, event, repository_id AS repositoryId,
              asks, asked_at AS askedAt, next_at AS nextAt
       FROM failures ${where}`,
      ...cells,
    );
    return [...rows] as unknown as Failure[];
  }
}
