/**
 * The part of a Durable Object's storage that the ledger's code uses, over Node's own SQLite in
 * memory: fast enough for laws that need thousands of lives. The same code runs over the real
 * storage in `test/worker` and `test/e2e`.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** A storage as `migrate` and `Store` take it; it outlives every "process" that a test kills. */
export function memoryStorage(): DurableObjectStorage {
  const database = new DatabaseSync(":memory:");
  const exec = (query: string, ...cells: SQLInputValue[]) => {
    if (cells.length === 0 && query.trim().includes(";\n")) {
      database.exec(query);
      return Object.assign([], { rowsWritten: 0 });
    }
    const statement = database.prepare(query);
    const rows = statement.all(...cells);
    const changed = database.prepare("SELECT changes() AS count").get()?.["count"];
    const writes = /^\s*(insert|update|delete)/i.test(query);
    return Object.assign(rows, { rowsWritten: writes ? Number(changed) : 0 });
  };
  const storage = {
    sql: { exec },
    transactionSync: <T>(work: () => T): T => {
      database.exec("BEGIN");
      try {
        const value = work();
        database.exec("COMMIT");
        return value;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
  };
  return storage as unknown as DurableObjectStorage;
}
