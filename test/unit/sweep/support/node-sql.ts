/** The part of a Durable Object's SQL interface that the sweep uses, over Node's SQLite. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** A database in memory; it outlives every store that is made over it, as an object's storage does. */
export function openSql(): SqlStorage {
  const database = new DatabaseSync(":memory:");
  const prepared = new Map<string, StatementSync>();
  const statementOf = (sql: string): StatementSync => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  const exec = (sql: string, ...cells: SQLInputValue[]): unknown[] => {
    if (cells.length === 0 && /;\s*\S/.test(sql)) {
      database.exec(sql);
      return [];
    }
    const statement = statementOf(sql);
    const numbered = Object.fromEntries(cells.map((cell, index) => [`?${index + 1}`, cell]));
    const rows = /\?\d/.test(sql) ? statement.all(numbered) : statement.all(...cells);
    return rows.map((row) => ({ ...row }));
  };
  return { exec } as unknown as SqlStorage;
}
