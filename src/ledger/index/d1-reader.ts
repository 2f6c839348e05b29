/** Reads the index: lists, health and statistics over the repositories that the viewer may see. */
import type {
  DispatchIndex,
  IndexAnswer,
  IndexedDispatch,
  IndexFilter,
  IndexState,
  RepositoryHealth,
} from "../../domain/dispatch-index.ts";
import type { State } from "../../domain/dispatch-state.ts";
import { boundedly, isMissingTable } from "./d1-schema.ts";
import { statsOf, type TimedDispatch } from "./stats.ts";

/** More than this many dispatches are not counted in one statistic. */
const STATS_ROWS = 20_000;
const RECENT = 30;
const SELECT =
  "SELECT d.*, l.owner || '/' || l.name AS repository FROM dispatches d JOIN ledgers l ON l.repository_id = d.repository_id";
const VISIBLE = "d.repository_id IN (SELECT value FROM json_each(?1))";

interface Row {
  id: string;
  repository_id: number;
  repository: string;
  route: string | null;
  generation: number;
  event: string;
  pull_request: number | null;
  sha: string | null;
  branch: string | null;
  state: State;
  reason: string | null;
  actor: string | null;
  run_url: string | null;
  digest: string | null;
  merged_at: number | null;
  created_at: number;
  dispatched_at: number | null;
  finished_at: number | null;
  updated_at: number;
}

/** Readiness is asked for often, and by whoever waits. */
const STATE_PATIENCE_MS = 1_000;

/** Whether the database is there and answers; reads no row of it. */
export async function askIndexState(database: D1Database | undefined): Promise<IndexState> {
  if (database === undefined) return "unavailable";
  const answer = await boundedly(database.prepare("SELECT 1").first(), STATE_PATIENCE_MS);
  return answer === null ? "unavailable" : "ready";
}

/** The index on a bound database; without one everything is `unavailable`. */
export function createDispatchIndex(database: D1Database | undefined): DispatchIndex {
  const ask = async <T>(
    read: (bound: D1Database) => Promise<T>,
    empty: T,
  ): Promise<IndexAnswer<T>> => {
    if (database === undefined) return { kind: "unavailable" };
    const reading = read(database).catch((error: unknown) => {
      // Nothing was ever written: an empty index and no fault.
      if (isMissingTable(error)) return empty;
      throw error;
    });
    const value = await boundedly(reading);
    return value === null ? { kind: "unavailable" } : { kind: "ok", value };
  };
  return {
    search: (filter) => ask((bound) => search(bound, filter), []),
    repositories: (ids) => ask((bound) => repositories(bound, ids), []),
    stats: (ids, sinceMs) =>
      ask((bound) => stats(bound, ids, sinceMs), statsOf([], { sinceMs, repositories: 0 })),
  };
}

async function search(bound: D1Database, filter: IndexFilter): Promise<IndexedDispatch[]> {
  const { repositoryIds, state, route, actor, since, until, before, limit } = filter;
  const { results } = await bound
    .prepare(
      `${SELECT} WHERE ${VISIBLE} AND (?2 IS NULL OR d.state = ?2) AND (?3 IS NULL OR d.actor = ?3 COLLATE NOCASE) AND (?4 IS NULL OR d.created_at >= ?4) AND (?5 IS NULL OR d.created_at < ?5) AND (?6 IS NULL OR (d.created_at, d.id) < (?6, ?7)) AND (?9 IS NULL OR d.route = ?9) ORDER BY d.created_at DESC, d.id DESC LIMIT ?8`,
    )
    .bind(
      JSON.stringify(repositoryIds),
      state,
      actor,
      since,
      until,
      before?.at ?? null,
      before?.id ?? null,
      limit,
      route,
    )
    .all<Row>();
  return results.map(entryOf);
}

async function repositories(
  bound: D1Database,
  ids: readonly number[],
): Promise<RepositoryHealth[]> {
  const visible = JSON.stringify(ids);
  const [ledgers, recent] = await bound.batch([
    bound
      .prepare(
        "SELECT * FROM ledgers WHERE repository_id IN (SELECT value FROM json_each(?1)) ORDER BY owner COLLATE NOCASE, name COLLATE NOCASE",
      )
      .bind(visible),
    bound
      .prepare(
        `SELECT * FROM (SELECT d.*, l.owner || '/' || l.name AS repository, row_number() OVER (PARTITION BY d.repository_id ORDER BY d.created_at DESC, d.id DESC) AS place FROM dispatches d JOIN ledgers l ON l.repository_id = d.repository_id WHERE ${VISIBLE}) WHERE place <= ${RECENT} ORDER BY place`,
      )
      .bind(visible),
  ]);
  const rows = (recent?.results ?? []) as Row[];
  return ((ledgers?.results ?? []) as LedgerRow[]).map((ledger) => healthOf(ledger, rows));
}

interface LedgerRow {
  repository_id: number;
  owner: string;
  name: string;
  paused: number;
  open: number;
}

function healthOf(ledger: LedgerRow, rows: readonly Row[]): RepositoryHealth {
  const own = rows.filter(({ repository_id: id }) => id === ledger.repository_id);
  const [last] = own;
  const count = (...states: State[]): number =>
    own.filter(({ state }) => states.includes(state)).length;
  return {
    repository_id: ledger.repository_id,
    repository: `${ledger.owner}/${ledger.name}`,
    paused: ledger.paused === 1,
    open: ledger.open,
    succeeded: count("succeeded"),
    failed: count("failed", "exhausted"),
    last: last === undefined ? null : entryOf(last),
  };
}

async function stats(bound: D1Database, ids: readonly number[], sinceMs: number) {
  const visible = JSON.stringify(ids);
  const [known, timed] = await bound.batch([
    bound
      .prepare(
        "SELECT count(*) AS count FROM ledgers WHERE repository_id IN (SELECT value FROM json_each(?1))",
      )
      .bind(visible),
    bound
      .prepare(
        `SELECT d.state, d.event, d.generation, d.merged_at, d.created_at, d.dispatched_at, d.finished_at FROM dispatches d WHERE ${VISIBLE} AND d.created_at >= ?2 ORDER BY d.created_at DESC LIMIT ${STATS_ROWS}`,
      )
      .bind(visible, sinceMs),
  ]);
  const [{ count = 0 } = {}] = (known?.results ?? []) as { count?: number }[];
  return statsOf((timed?.results ?? []) as TimedDispatch[], { sinceMs, repositories: count });
}

function entryOf(row: Row): IndexedDispatch {
  return {
    id: row.id,
    repository_id: row.repository_id,
    repository: row.repository,
    route: row.route,
    generation: row.generation,
    event: row.event,
    pull_request: row.pull_request,
    sha: row.sha,
    branch: row.branch,
    state: row.state,
    reason: row.reason,
    actor: row.actor,
    run_url: row.run_url,
    digest: row.digest,
    merged_at: iso(row.merged_at),
    created_at: new Date(row.created_at).toISOString(),
    dispatched_at: iso(row.dispatched_at),
    finished_at: iso(row.finished_at),
    updated_at: new Date(row.updated_at).toISOString(),
  };
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
