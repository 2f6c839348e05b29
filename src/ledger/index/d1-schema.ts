/**
 * The index's tables in D1, made by the Worker on first use. They can be thrown away at any time:
 * every ledger fills a new index with what it has.
 */
const INDEX_TABLES: readonly string[] = [
  "CREATE TABLE IF NOT EXISTS names (name TEXT PRIMARY KEY)",
  "CREATE TABLE IF NOT EXISTS ledgers (repository_id INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, installation_id INTEGER, paused INTEGER NOT NULL, open INTEGER NOT NULL, next_due_at INTEGER, at INTEGER NOT NULL)",
  "CREATE INDEX IF NOT EXISTS ledgers_due ON ledgers (next_due_at) WHERE next_due_at IS NOT NULL",
  "CREATE TABLE IF NOT EXISTS dispatches (id TEXT PRIMARY KEY, repository_id INTEGER NOT NULL, route TEXT, generation INTEGER NOT NULL, event TEXT NOT NULL, pull_request INTEGER, sha TEXT, branch TEXT, state TEXT NOT NULL, reason TEXT, actor TEXT, run_url TEXT, digest TEXT, merged_at INTEGER, created_at INTEGER NOT NULL, dispatched_at INTEGER, finished_at INTEGER, updated_at INTEGER NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE INDEX IF NOT EXISTS dispatches_repository ON dispatches (repository_id, created_at)",
  // Random, so that a ledger sees that this is not the index that it filled.
  "INSERT INTO names (name) SELECT lower(hex(randomblob(8))) WHERE NOT EXISTS (SELECT 1 FROM names)",
];

/** Makes what is not there yet. */
export async function createTables(database: D1Database): Promise<void> {
  await database.batch(INDEX_TABLES.map((statement) => database.prepare(statement)));
}

/** True for the error of a database in which the tables have not been made. */
export function isMissingTable(error: unknown): boolean {
  return error instanceof Error && error.message.includes("no such table");
}

/** Whatever D1 does, nobody waits longer than this for it. */
const PATIENCE_MS = 5_000;

/** The value, or null when D1 failed or took too long. */
export async function boundedly<T>(work: Promise<T>, ms = PATIENCE_MS): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work.catch(() => null), patience]);
  } finally {
    clearTimeout(timer);
  }
}
