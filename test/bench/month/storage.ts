/**
 * A Durable Object's storage over Node's own SQLite, for a ledger among thousands: statements are
 * prepared once, and the rows that were changed are counted (of tables; indices come on top).
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** Nothing fails in the middle of a migration here. */
function transactionSync<T>(work: () => T): T {
  return work();
}

export interface CountedStorage {
  readonly storage: DurableObjectStorage;
  /** Frees what is prepared: an object that sleeps takes little memory. */
  readonly rest: () => void;
}

/** `onWrite` hears how many rows a statement changed. */
export function countedStorage(onWrite: (rows: number) => void): CountedStorage {
  const database = new DatabaseSync(":memory:");
  // Nobody cuts the power of a month in memory.
  database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200");
  const prepared = new Map<
    string,
    { readonly statement: StatementSync; readonly writes: boolean }
  >();
  const exec = (query: string, ...cells: SQLInputValue[]) => {
    if (cells.length === 0 && query.trim().includes(";\n")) {
      database.exec(query);
      return Object.assign([], { rowsWritten: 0 });
    }
    const known = prepared.get(query) ?? {
      statement: database.prepare(query),
      writes: /^\s*(insert|update|delete)/i.test(query),
    };
    prepared.set(query, known);
    const { statement, writes } = known;
    if (!writes) {
      return Object.assign(statement.all(...cells), { rowsWritten: 0 });
    }
    const changes = Number(statement.run(...cells).changes);
    onWrite(changes);
    return Object.assign([], { rowsWritten: changes });
  };
  const storage = { sql: { exec }, transactionSync } as unknown as DurableObjectStorage;
  return { storage, rest: () => prepared.clear() };
}
