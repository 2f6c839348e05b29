/**
 * The outbox of reports: for each check run and comment of ours, whether there is something to tell,
 * when, and what was told last. Only the newest state is ever told.
 */
import type { WatchedSql } from "../watched-sql.ts";

export type ReportKind = "check" | "comment" | "receipt";

export interface ReportRow {
  /** `check:<dispatch id>`, `comment:<pull request>`, `receipt:<dispatch id>`. */
  readonly subject: string;
  readonly kind: ReportKind;
  readonly attempts: number;
  /** GitHub's id of the check run or comment. */
  readonly remoteId: number | null;
  /** When a creation left whose answer is not known; GitHub is asked before it is repeated. */
  readonly intentAt: number | null;
  /** Digest of what was told last. */
  readonly told: string | null;
  /** What a command made the comment say below its table. */
  readonly note: string | null;
  /** Counts what became newly due: news during a call must not be taken for told. */
  readonly changes: number;
}

type Raw = Record<string, SqlStorageValue>;

export class ReportStore {
  readonly #sql: WatchedSql;
  readonly nextDueAt: () => number | null;
  /** Whether dispatches have changed that nobody has looked at. */
  readonly hasNews: () => boolean;

  constructor(sql: WatchedSql) {
    this.#sql = sql;
    this.nextDueAt = sql.remember(["reports"], () => this.#nextDueAt());
    this.hasNews = sql.remember(["news"], () => this.#hasNews());
  }

  addNews(dispatchId: string): void {
    this.#sql.exec("INSERT OR IGNORE INTO news (dispatch_id) VALUES (?)", dispatchId);
  }

  /** Takes dispatches that changed out of the list. */
  takeNews(limit: number): string[] {
    const rows = [
      ...this.#sql.exec<{ dispatch_id: string }>("SELECT dispatch_id FROM news LIMIT ?", limit),
    ];
    for (const { dispatch_id: id } of rows) {
      this.#sql.exec("DELETE FROM news WHERE dispatch_id = ?", id);
    }
    return rows.map((row) => row.dispatch_id);
  }

  #hasNews(): boolean {
    return [...this.#sql.exec("SELECT 1 FROM news LIMIT 1")].length > 0;
  }

  get(subject: string): ReportRow | null {
    const [raw] = this.#sql.exec<Raw>("SELECT * FROM reports WHERE subject = ?", subject);
    return raw ? fromRaw(raw) : null;
  }

  /** Makes a report due, at the latest then. `insist` brings a deleted comment back. */
  expect(
    subject: string,
    about: {
      kind: ReportKind;
      dueAt: number;
      nowMs: number;
      insist?: boolean;
      note?: string | null;
    },
  ): void {
    const { kind, dueAt, nowMs, insist = false, note } = about;
    this.#sql.exec(
      `INSERT INTO reports (subject, kind, due_at, attempts, remote_id, intent_at, told, note, gone, changes, updated_at)
       VALUES (?1, ?2, ?3, 0, NULL, NULL, NULL, NULL, 0, 1, ?4)
       ON CONFLICT (subject) DO UPDATE SET
         gone = CASE WHEN ?5 THEN 0 ELSE gone END,
         changes = changes + 1,
         updated_at = ?4,
         due_at = CASE WHEN gone = 1 AND NOT ?5 THEN NULL
                       WHEN due_at IS NOT NULL AND attempts > 0 THEN due_at
                       ELSE MIN(COALESCE(due_at, ?3), ?3) END`,
      subject,
      kind,
      dueAt,
      nowMs,
      insist ? 1 : 0,
    );
    if (note !== undefined) {
      this.#sql.exec("UPDATE reports SET note = ? WHERE subject = ?", note, subject);
    }
  }

  due(nowMs: number, limit: number): ReportRow[] {
    const rows = this.#sql.exec<Raw>(
      "SELECT * FROM reports WHERE due_at <= ? ORDER BY due_at LIMIT ?",
      nowMs,
      limit,
    );
    return [...rows].map(fromRaw);
  }

  /** A call is about to leave: whoever dies meanwhile is followed by another try at that time. */
  lease(subject: string, untilMs: number, intentAt: number | null): void {
    this.#sql.exec(
      "UPDATE reports SET due_at = ?, intent_at = ?, attempts = attempts + 1 WHERE subject = ?",
      untilMs,
      intentAt,
      subject,
    );
  }

  /** Told. What has changed since `changes` was read is due at once. */
  settle(
    row: ReportRow,
    outcome: { remoteId: number | null; told: string | null; nowMs: number },
  ): void {
    const { remoteId, told, nowMs } = outcome;
    this.#sql.exec(
      `UPDATE reports SET remote_id = ?, told = ?, intent_at = NULL, attempts = 0, updated_at = ?3,
         due_at = CASE WHEN changes > ?4 THEN ?3 ELSE NULL END WHERE subject = ?5`,
      remoteId,
      told,
      nowMs,
      row.changes,
      row.subject,
    );
  }

  putOff(subject: string, dueAt: number, intentAt: number | null): void {
    this.#sql.exec(
      "UPDATE reports SET due_at = ?, intent_at = ? WHERE subject = ?",
      dueAt,
      intentAt,
      subject,
    );
  }

  /** Left alone until there is news; whether a creation arrived may still be open. */
  giveUp(subject: string, intentAt: number | null): void {
    this.#sql.exec(
      "UPDATE reports SET due_at = NULL, intent_at = ?, attempts = 0 WHERE subject = ?",
      intentAt,
      subject,
    );
  }

  /** What was told counts no longer: the same is said once more when it is due. */
  forget(subject: string): void {
    this.#sql.exec("UPDATE reports SET told = NULL WHERE subject = ?", subject);
  }

  /** Nothing to tell until there is news. */
  rest(subject: string): void {
    this.#sql.exec(
      "UPDATE reports SET due_at = NULL, intent_at = NULL, attempts = 0 WHERE subject = ?",
      subject,
    );
  }

  /** Deleted by hand: left alone until somebody asks. */
  bury(subject: string): void {
    this.#sql.exec(
      "UPDATE reports SET due_at = NULL, intent_at = NULL, attempts = 0, remote_id = NULL, told = NULL, gone = 1 WHERE subject = ?",
      subject,
    );
  }

  drop(subject: string): void {
    this.#sql.exec("DELETE FROM reports WHERE subject = ?", subject);
  }

  /** Whatever of that kind waits is told with the next news, if ever. */
  silence(kind: ReportKind): void {
    this.#sql.exec("UPDATE reports SET due_at = NULL, attempts = 0 WHERE kind = ?", kind);
  }

  #nextDueAt(): number | null {
    const [row] = this.#sql.exec<{ due: number | null }>(
      "SELECT MIN(due_at) AS due FROM reports WHERE due_at IS NOT NULL",
    );
    return row?.due ?? null;
  }

  /** Comments keep their row for good, or a late command would write a second one. */
  prune(beforeMs: number): void {
    this.#sql.exec(
      "DELETE FROM reports WHERE kind <> 'comment' AND due_at IS NULL AND updated_at < ?",
      beforeMs,
    );
  }
}

function fromRaw(raw: Raw): ReportRow {
  return {
    subject: raw["subject"] as string,
    kind: raw["kind"] as ReportKind,
    attempts: raw["attempts"] as number,
    remoteId: raw["remote_id"] as number | null,
    intentAt: raw["intent_at"] as number | null,
    told: raw["told"] as string | null,
    note: raw["note"] as string | null,
    changes: raw["changes"] as number,
  };
}
