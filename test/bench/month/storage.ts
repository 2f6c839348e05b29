/**
 * A Durable Object's storage over Node's own SQLite, for a ledger among thousands: statements are
 * prepared once, and the rows that were changed are counted (of tables; indices come on top).
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** Nothing fails in the middle of a migration here. */
function transactionSync<T>(work: () => T): T {
  return work();
}

type Prepared = Map<string, { readonly statement: StatementSync; readonly writes: boolean }>;

/**
 * Objects that sleep with their statements ready, the last one to fall asleep at the end: to prepare
 * them anew is the dearest thing in a month, and all of them would not fit into memory.
 */
const resting = new Set<Prepared>();
const MOST_READY = 1_000;

function letRest(prepared: Prepared): void {
  resting.delete(prepared);
  resting.add(prepared);
  if (resting.size <= MOST_READY) return;
  const [longest] = resting;
  if (longest === undefined) return;
  resting.delete(longest);
  longest.clear();
}

export interface CountedStorage {
  readonly storage: DurableObjectStorage;
  /** Its object sleeps: what is prepared is freed when many others have fallen asleep since. */
  readonly rest: () => void;
}

/** `onWrite` hears how many rows a statement changed. */
export function countedStorage(onWrite: (rows: number) => void): CountedStorage {
  const database = new DatabaseSync(":memory:");
  // Nobody cuts the power of a month in memory.
  database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200");
  const prepared: Prepared = new Map();
  const exec = (query: string, ...cells: SQLInputValue[]) => {
    let known = prepared.get(query);
    if (known === undefined) {
      if (cells.length === 0 && query.trim().includes(";\n")) {
        database.exec(query);
        return Object.assign([], { rowsWritten: 0 });
      }
      const writes = /^\s*(insert|update|delete)/i.test(query);
      known = { statement: database.prepare(query), writes };
      prepared.set(query, known);
    }
    const { statement, writes } = known;
    if (!writes) {
      return Object.assign(statement.all(...cells), { rowsWritten: 0 });
    }
    const changes = Number(statement.run(...cells).changes);
    onWrite(changes);
    return Object.assign([], { rowsWritten: changes });
  };
  const storage = { sql: { exec }, transactionSync } as unknown as DurableObjectStorage;
  return { storage, rest: () => letRest(prepared) };
}
