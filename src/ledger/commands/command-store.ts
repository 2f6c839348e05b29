/** Commands in storage. An answered one keeps its name, so that it is never carried out again. */
import type { WatchedSql } from "../watched-sql.ts";
import type { Command } from "../../domain/command.ts";
import { parse } from "../dispatch-row.ts";
import type { Reaction } from "../../domain/reporting.ts";

export interface CommandRow {
  /** `comment-<id>`, which is signed, or the GUID of a button's delivery, with the dispatch's id if it was of many. */
  readonly name: string;
  readonly guid: string;
  /** Null: the row is damaged. */
  readonly command: Command | null;
  readonly receivedAt: number;
  readonly attempts: number;
  /** Decided: only the reaction is still to be put under the comment. */
  readonly answer: Reaction | null;
}

/** One that can be read. */
export type ReadableCommand = CommandRow & { readonly command: Command };

export class CommandStore {
  readonly #sql: WatchedSql;
  readonly nextDueAt: () => number | null;

  constructor(sql: WatchedSql) {
    this.#sql = sql;
    this.nextDueAt = sql.remember(["commands"], () => this.#nextDueAt());
  }

  has(name: string): boolean {
    return [...this.#sql.exec("SELECT 1 FROM commands WHERE name = ?", name)].length > 0;
  }

  add(row: { name: string; guid: string; command: Command; nowMs: number }): void {
    const { name, guid, command, nowMs } = row;
    this.#sql.exec(
      "INSERT INTO commands (name, guid, sender_id, command, received_at, due_at, attempts, answer) VALUES (?, ?, ?, ?, ?, ?, 0, NULL)",
      name,
      guid,
      command.sender.id,
      JSON.stringify(command),
      nowMs,
      nowMs,
    );
  }

  /** Commands of one person that nobody has answered yet. */
  openOf(senderId: number): number {
    const [row] = this.#sql.exec<{ count: number }>(
      "SELECT count(*) AS count FROM commands WHERE sender_id = ? AND due_at IS NOT NULL",
      senderId,
    );
    return row?.count ?? 0;
  }

  due(nowMs: number, limit: number): CommandRow[] {
    const rows = this.#sql.exec<Record<string, SqlStorageValue>>(
      "SELECT * FROM commands WHERE due_at <= ? ORDER BY due_at LIMIT ?",
      nowMs,
      limit,
    );
    return [...rows].map((raw) => ({
      name: raw["name"] as string,
      guid: raw["guid"] as string,
      command: parse(raw["command"] as string) as Command | null,
      receivedAt: raw["received_at"] as number,
      attempts: raw["attempts"] as number,
      answer: raw["answer"] as Reaction | null,
    }));
  }

  putOff(name: string, dueAt: number, attempts: number): void {
    this.#sql.exec(
      "UPDATE commands SET due_at = ?, attempts = ? WHERE name = ?",
      dueAt,
      attempts,
      name,
    );
  }

  decide(name: string, answer: Reaction): void {
    this.#sql.exec("UPDATE commands SET answer = ?, attempts = 0 WHERE name = ?", answer, name);
  }

  finish(name: string): void {
    this.#sql.exec("UPDATE commands SET due_at = NULL WHERE name = ?", name);
  }

  #nextDueAt(): number | null {
    const [row] = this.#sql.exec<{ due: number | null }>(
      "SELECT MIN(due_at) AS due FROM commands WHERE due_at IS NOT NULL",
    );
    return row?.due ?? null;
  }

  prune(beforeMs: number): void {
    this.#sql.exec("DELETE FROM commands WHERE due_at IS NULL AND received_at < ?", beforeMs);
  }
}
