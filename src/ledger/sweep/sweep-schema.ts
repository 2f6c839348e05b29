/**
 * The sweeper's tables. Like the ledger's they may only ever gain: code of the version before can be
 * running for minutes after a deploy.
 *
 * `progress`       where each walk stands, and how long GitHub wants silence; one row each, in JSON.
 * `failures`       deliveries that failed and matter, one row a GUID. `settled` says why one is not
 *                  asked for any more; such a row stays until no walk can read of it again.
 * `redelivered`    GUIDs with a success that the present walk has read, for the failures below it.
 * `installations`  when each was last walked over in whole.
 * `todo`           installations that the present walk has still to look into.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS progress (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS failures (
    guid TEXT PRIMARY KEY,
    attempt_id TEXT NOT NULL,
    attempt_at INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    event TEXT NOT NULL,
    action TEXT,
    repository_id INTEGER,
    asks INTEGER NOT NULL,
    asked_at INTEGER,
    next_at INTEGER NOT NULL,
    settled TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS failures_open ON failures (first_at) WHERE settled IS NULL;
  CREATE TABLE IF NOT EXISTS redelivered (guid TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS installations (
    id INTEGER PRIMARY KEY,
    walked_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS todo (
    installation_id INTEGER PRIMARY KEY,
    installed_at INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    page INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    retry_at INTEGER NOT NULL,
    missed INTEGER NOT NULL
  ) STRICT;
`;

/** Makes the tables that are not there yet. */
export function prepareSweepTables(sql: SqlStorage): void {
  sql.exec(TABLES);
}
