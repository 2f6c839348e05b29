/** Writes a ledger's changes into the index. A late writer never overwrites what is newer. */
import type { DispatchRow } from "../dispatch-row.ts";
import { boundedly, createTables, isMissingTable } from "./d1-schema.ts";
import type { IndexBatch, IndexWriter, LedgerEntry } from "./index-batch.ts";

const UPSERT_LEDGER =
  "INSERT INTO ledgers (repository_id, owner, name, installation_id, paused, open, next_due_at, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (repository_id) DO UPDATE SET owner = excluded.owner, name = excluded.name, installation_id = excluded.installation_id, paused = excluded.paused, open = excluded.open, next_due_at = excluded.next_due_at, at = excluded.at WHERE excluded.at >= ledgers.at";
const COLUMNS = [
  "id",
  "repository_id",
  "route",
  "generation",
  "event",
  "pull_request",
  "sha",
  "branch",
  "state",
  "reason",
  "actor",
  "run_url",
  "digest",
  "merged_at",
  "created_at",
  "dispatched_at",
  "finished_at",
  "updated_at",
  "version",
] as const;
const UPSERT_DISPATCH = `INSERT INTO dispatches (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")}) ON CONFLICT (id) DO UPDATE SET ${COLUMNS.slice(
  1,
)
  .map((column) => `${column} = excluded.${column}`)
  .join(", ")} WHERE excluded.version > dispatches.version`;

/** The writer on a bound database. */
export function createIndexWriter(database: D1Database): IndexWriter {
  const send = async (batch: IndexBatch): Promise<string | null> => {
    const results = await database.batch<{ name: string }>(statements(database, batch));
    return results.at(-1)?.results[0]?.name ?? null;
  };
  return {
    write: (batch) =>
      boundedly(
        send(batch).catch(async (error: unknown) => {
          if (!isMissingTable(error)) throw error;
          await createTables(database);
          return send(batch);
        }),
      ),
  };
}

function statements(database: D1Database, batch: IndexBatch): D1PreparedStatement[] {
  const { ledger, changed, deleted } = batch;
  return [
    database.prepare(UPSERT_LEDGER).bind(...ledgerCells(ledger)),
    ...changed.map((row) =>
      database.prepare(UPSERT_DISPATCH).bind(...dispatchCells(row, ledger.repositoryId)),
    ),
    ...deleted.map((id) => database.prepare("DELETE FROM dispatches WHERE id = ?").bind(id)),
    database.prepare("SELECT name FROM names LIMIT 1"),
  ];
}

function ledgerCells(ledger: LedgerEntry): (string | number | null)[] {
  const { repositoryId, owner, name, installationId, paused, open, nextDueAt, at } = ledger;
  return [repositoryId, owner, name, installationId, paused ? 1 : 0, open, nextDueAt, at];
}

function dispatchCells(row: DispatchRow, repositoryId: number): (string | number | null)[] {
  return [
    row.id,
    repositoryId,
    row.route,
    row.generation,
    row.event,
    row.pullRequest,
    row.sha,
    row.branch,
    row.state,
    row.reason,
    row.actor,
    row.runUrl,
    digestOf(row),
    row.mergedAt,
    row.createdAt,
    row.sentAt,
    row.finishedAt,
    row.updatedAt,
    row.version,
  ];
}

function digestOf({ receipt }: DispatchRow): string | null {
  const digest = (receipt as { digest?: unknown } | null)?.digest;
  return typeof digest === "string" ? digest : null;
}
