/**
 * The ledger's tables. Migrations only ever add: code of the version before may still be running
 * for minutes after a deploy, and must be able to read what this one wrote.
 *
 * `meta`        names of the repository, pause, counters; one row a key.
 * `deliveries`  inbox: one row a GUID; `claim` is what has to be looked into, never the payload.
 * `dispatches`  one row a dispatch, or a decision that no route took (`route` is then null).
 * `history`     append-only: every step of a dispatch with time, cause and actor.
 * `forwards`    in a builder's ledger: whose dispatch a run belongs to.
 * `outbox`      dispatches whose last change the index has not got yet.
 * `orders`      what a caller's Idempotency-Key has led to, for a day.
 * `commands`    what people asked for in comments and by buttons, until it is answered; then its name.
 * `news`        dispatches whose last change nobody has been told of yet.
 * `aliases`     ids of dispatches that were taken in by another one; of a merge its claim, too.
 * `reports`     one row a check run or comment of ours, and a receipt that is waited for.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE deliveries (
     guid TEXT PRIMARY KEY,
     event TEXT NOT NULL,
     received_at INTEGER NOT NULL,
     claim TEXT,
     pending INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX deliveries_pending ON deliveries (received_at) WHERE pending = 1;
   CREATE TABLE dispatches (
     id TEXT PRIMARY KEY,
     key TEXT NOT NULL,
     generation INTEGER NOT NULL,
     claim_key TEXT NOT NULL,
     claim TEXT NOT NULL,
     event TEXT NOT NULL,
     delivery TEXT,
     actor TEXT,
     route TEXT,
     pull_request INTEGER,
     sha TEXT,
     branch TEXT,
     state TEXT NOT NULL,
     reason TEXT,
     remedy TEXT,
     attempts INTEGER NOT NULL,
     looks INTEGER NOT NULL,
     due_at INTEGER,
     target TEXT,
     sent_at INTEGER,
     lost_at INTEGER,
     run_id INTEGER,
     run_url TEXT,
     trace TEXT,
     receipt TEXT,
     reruns INTEGER NOT NULL,
     diagnosis TEXT,
     version INTEGER NOT NULL,
     merged_at INTEGER,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     finished_at INTEGER,
     UNIQUE (key, generation)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX dispatches_due ON dispatches (due_at) WHERE due_at IS NOT NULL;
   CREATE INDEX dispatches_claim ON dispatches (claim_key);
   CREATE INDEX dispatches_run ON dispatches (run_id) WHERE run_id IS NOT NULL;
   CREATE TABLE history (
     dispatch_id TEXT NOT NULL,
     version INTEGER NOT NULL,
     at INTEGER NOT NULL,
     state TEXT NOT NULL,
     cause TEXT NOT NULL,
     actor TEXT NOT NULL,
     PRIMARY KEY (dispatch_id, version)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE forwards (
     dispatch_id TEXT PRIMARY KEY,
     repository_id INTEGER NOT NULL,
     expires_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE outbox (dispatch_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
   CREATE TABLE orders (
     key TEXT PRIMARY KEY,
     digest TEXT NOT NULL,
     dispatch_ids TEXT NOT NULL,
     at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE commands (
     name TEXT PRIMARY KEY,
     guid TEXT NOT NULL,
     sender_id INTEGER NOT NULL,
     command TEXT NOT NULL,
     received_at INTEGER NOT NULL,
     due_at INTEGER,
     attempts INTEGER NOT NULL,
     answer TEXT
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX commands_due ON commands (due_at) WHERE due_at IS NOT NULL;
   CREATE TABLE news (dispatch_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
   CREATE TABLE reports (
     subject TEXT PRIMARY KEY,
     kind TEXT NOT NULL,
     due_at INTEGER,
     attempts INTEGER NOT NULL,
     remote_id INTEGER,
     intent_at INTEGER,
     told TEXT,
     note TEXT,
     gone INTEGER NOT NULL,
     changes INTEGER NOT NULL,
     updated_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX reports_due ON reports (due_at) WHERE due_at IS NOT NULL;`,
  // Held dispatches are counted in every round, old deliveries are looked for every hour.
  `CREATE INDEX dispatches_held ON dispatches (created_at) WHERE state = 'held';
   CREATE INDEX deliveries_done ON deliveries (received_at) WHERE pending = 0;`,
  // Never asked by code of the version before, which answers such an id as unknown.
  `CREATE TABLE aliases (id TEXT PRIMARY KEY, dispatch_id TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  // Only where a merge was taken in: the scan asks for it by its claim.
  `ALTER TABLE aliases ADD COLUMN claim_key TEXT;
   CREATE INDEX aliases_claim ON aliases (claim_key) WHERE claim_key IS NOT NULL;`,
];

/** Brings an object's storage to the newest version; each migration runs once, in one transaction. */
export function migrate(storage: DurableObjectStorage): void {
  storage.transactionSync(() => {
    storage.sql.exec("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT");
    const [row] = storage.sql.exec<{ version: number }>("SELECT version FROM schema_version");
    const from = row?.version ?? 0;
    if (!row) storage.sql.exec("INSERT INTO schema_version VALUES (0)");
    for (const migration of MIGRATIONS.slice(from)) storage.sql.exec(migration);
    if (from < MIGRATIONS.length) {
      storage.sql.exec("UPDATE schema_version SET version = ?", MIGRATIONS.length);
    }
  });
}
