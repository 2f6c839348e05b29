/** The installations that a walk has still to look into, and when each was last walked over. */
import type { InstallationFacts } from "../../domain/app-github.ts";

export interface Todo {
  readonly installationId: number;
  readonly installedAt: number;
  /** When this walk came to it. */
  readonly begunAt: number;
  /** The next page of its repositories, from 1. */
  readonly page: number;
  readonly tries: number;
  readonly retryAt: number;
  /** Visits that failed. */
  readonly missed: number;
}

export class TodoStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** One that is on the list already goes on where it stands. */
  add({ id, createdAtMs }: InstallationFacts, nowMs: number): void {
    this.#sql.exec(
      `INSERT INTO todo (installation_id, installed_at, begun_at, page, tries, retry_at, missed)
       VALUES (?, ?, ?, 1, 0, 0, 0) ON CONFLICT DO NOTHING`,
      id,
      createdAtMs,
      nowMs,
    );
  }

  /** The next that may be asked about now. */
  ready(nowMs: number): Todo | null {
    const [row] = this.#sql.exec<Record<string, SqlStorageValue>>(
      `SELECT installation_id AS installationId, installed_at AS installedAt, begun_at AS begunAt,
              page, tries, retry_at AS retryAt, missed
       FROM todo WHERE retry_at <= ? ORDER BY begun_at, installation_id LIMIT 1`,
      nowMs,
    );
    return (row as unknown as Todo | undefined) ?? null;
  }

  /** When the first that waits may be asked about; null when none is left. */
  nextAt(): number | null {
    const [row] = this.#sql.exec<{ at: number | null }>("SELECT MIN(retry_at) AS at FROM todo");
    return row?.at ?? null;
  }

  nextPage(todo: Todo, missed: number, notBeforeMs: number): void {
    this.#sql.exec(
      "UPDATE todo SET page = page + 1, tries = 0, retry_at = ?, missed = missed + ? WHERE installation_id = ?",
      notBeforeMs,
      missed,
      todo.installationId,
    );
  }

  retry(todo: Todo, tries: number, retryAt: number): void {
    this.#sql.exec(
      "UPDATE todo SET tries = ?, retry_at = ? WHERE installation_id = ?",
      tries,
      retryAt,
      todo.installationId,
    );
  }

  drop(todo: Todo): void {
    this.#sql.exec("DELETE FROM todo WHERE installation_id = ?", todo.installationId);
  }

  /** Walked over in whole: the next walk counts from here. */
  finish(todo: Todo): void {
    this.drop(todo);
    this.#sql.exec(
      "INSERT OR REPLACE INTO installations (id, walked_at) VALUES (?, ?)",
      todo.installationId,
      todo.begunAt,
    );
  }

  walkedAt(installationId: number): number | null {
    const [row] = this.#sql.exec<{ walked_at: number }>(
      "SELECT walked_at FROM installations WHERE id = ?",
      installationId,
    );
    return row?.walked_at ?? null;
  }

  /** How many installations have been walked over, or are about to be. */
  installations(): number {
    const [row] = this.#sql.exec<{ count: number }>(
      "SELECT count(*) AS count FROM (SELECT id FROM installations UNION SELECT installation_id FROM todo)",
    );
    return row?.count ?? 0;
  }

  /** Forgets installations that no walk has met since then. */
  dropOld(beforeMs: number): void {
    this.#sql.exec("DELETE FROM installations WHERE walked_at < ?", beforeMs);
  }
}
