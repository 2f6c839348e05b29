/**
 * The ledger's storage: typed reads and writes over SQLite, no decisions. Every method is
 * synchronous, so that whatever a caller does between two awaits commits as one transaction.
 */
import { MOST_COUNTED_OPEN } from "../domain/dispatch-index.ts";
import { makeDispatchId } from "../domain/dispatch-id.ts";
import type { DispatchFilter } from "../domain/dispatch-view.ts";
import type { ReplayFilter } from "../domain/order.ts";
import { type Claim, claimKey } from "../domain/subject.ts";
import { AliasStore } from "./alias-store.ts";
import { CommandStore } from "./commands/command-store.ts";
import { ReportStore } from "./reports/report-store.ts";
import { earliest } from "./earliest.ts";
import { ForwardStore } from "./forward-store.ts";
import { OrderStore } from "./order-store.ts";
import { OutboxStore } from "./index/outbox-store.ts";
import { WatchedSql } from "./watched-sql.ts";
import { type DispatchRow, fromRow, type HistoryEntry, parse, toColumns } from "./dispatch-row.ts";

const REPEATED =
  "EXISTS (SELECT 1 FROM dispatches newer WHERE newer.key = dispatches.key AND newer.generation > dispatches.generation)";
const ROUTED =
  "(route IS NULL AND EXISTS (SELECT 1 FROM dispatches newer WHERE newer.claim_key = dispatches.claim_key AND newer.route IS NOT NULL AND newer.id > dispatches.id))";
const NO_CHANCE = new Uint8Array(16);
/** They are letters, digits and hyphens. */
const AFTER_ALL_IDS = "~";
/** A merge that nobody told of is found by a scan, a day later at most: long after its push. */
const WEEK_MS = 7 * 86_400_000;

const DUE = "FROM dispatches WHERE due_at IS NOT NULL";
const PENDING = "FROM deliveries WHERE pending = 1";

export interface DeliveryRow {
  readonly guid: string;
  readonly event: string;
  readonly receivedAt: number;
  readonly claim: Claim | null;
  readonly pending: boolean;
}

/** Rows of `meta` that are kept in memory; a ledger has about a dozen. */
const MAX_REMEMBERED = 100;

/** There is one per storage: it keeps in memory what it has read of `meta`. */
export class Store {
  readonly #sql: WatchedSql;
  readonly #meta = new Map<string, string | null>();
  readonly aliases: AliasStore;
  readonly commands: CommandStore;
  readonly forwards: ForwardStore;
  readonly orders: OrderStore;
  readonly outbox: OutboxStore;
  readonly reports: ReportStore;
  /** When a delivery or a dispatch is next due, or null. */
  readonly nextDueAt: () => number | null;

  constructor(storage: Pick<SqlStorage, "exec">) {
    const sql = new WatchedSql(storage);
    this.#sql = sql;
    this.aliases = new AliasStore(sql);
    this.commands = new CommandStore(sql);
    this.forwards = new ForwardStore(sql);
    this.orders = new OrderStore(sql);
    this.outbox = new OutboxStore(sql);
    this.reports = new ReportStore(sql);
    const dispatchDueAt = sql.remember(["dispatches"], () => this.#least("due_at", DUE));
    const arrivedAt = sql.remember(["deliveries"], () => this.#least("received_at", PENDING));
    this.nextDueAt = () => earliest(dispatchDueAt(), arrivedAt());
  }

  meta(key: string): string | null {
    const known = this.#meta.get(key);
    if (known !== undefined) return known;
    const [row] = this.#sql.exec<{ value: string }>("SELECT value FROM meta WHERE key = ?", key);
    return this.#remember(key, row?.value ?? null);
  }

  setMeta(key: string, value: string): void {
    if (this.meta(key) === value) return;
    this.#sql.exec("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, value);
    this.#remember(key, value);
  }

  dropMeta(key: string): void {
    this.#sql.exec("DELETE FROM meta WHERE key = ?", key);
    this.#remember(key, null);
  }

  /** Only what the storage has taken: no write is undone later, but with the whole object's memory. */
  #remember(key: string, value: string | null): string | null {
    if (this.#meta.size >= MAX_REMEMBERED) this.#meta.clear();
    this.#meta.set(key, value);
    return value;
  }

  delivery(guid: string): DeliveryRow | null {
    const [raw] = this.#sql.exec<Record<string, SqlStorageValue>>(
      "SELECT * FROM deliveries WHERE guid = ?",
      guid,
    );
    return raw ? deliveryFrom(raw) : null;
  }

  /** Records a delivery; false when its GUID is known already. */
  insertDelivery(row: DeliveryRow): boolean {
    const { rowsWritten } = this.#sql.exec(
      "INSERT INTO deliveries (guid, event, received_at, claim, pending) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      row.guid,
      row.event,
      row.receivedAt,
      row.claim === null ? null : JSON.stringify(row.claim),
      row.pending ? 1 : 0,
    );
    return rowsWritten > 0;
  }

  setPending(guid: string, pending: boolean): void {
    this.#sql.exec("UPDATE deliveries SET pending = ? WHERE guid = ?", pending ? 1 : 0, guid);
  }

  pendingDeliveries(limit: number): DeliveryRow[] {
    const rows = this.#sql.exec<Record<string, SqlStorageValue>>(
      "SELECT * FROM deliveries WHERE pending = 1 ORDER BY received_at LIMIT ?",
      limit,
    );
    return [...rows].map(deliveryFrom);
  }

  insertDispatch(row: DispatchRow): void {
    const { names, cells } = toColumns(row);
    const marks = names.map(() => "?").join(", ");
    this.#sql.exec(`INSERT INTO dispatches (${names.join(", ")}) VALUES (${marks})`, ...cells);
  }

  /** Writes fields if nobody has changed the row since it was read; false otherwise. */
  updateDispatch(row: DispatchRow, fields: Partial<DispatchRow>): boolean {
    // A column that is named has its index written, whether or not its value is another.
    const news = Object.entries(fields).filter(
      ([name, value]) => row[name as keyof DispatchRow] !== value,
    );
    const { names, cells } = toColumns({ ...Object.fromEntries(news), version: row.version + 1 });
    const sets = names.map((name) => `${name} = ?`).join(", ");
    const statement = `UPDATE dispatches SET ${sets} WHERE id = ? AND version = ?`;
    return this.#sql.exec(statement, ...cells, row.id, row.version).rowsWritten > 0;
  }

  deleteDispatch(id: string): void {
    this.#sql.exec("DELETE FROM dispatches WHERE id = ?", id);
    this.#sql.exec("DELETE FROM history WHERE dispatch_id = ?", id);
    this.#announce(id);
  }

  /** Appends to a dispatch's history; whatever is worth that is worth a place in the index. */
  addHistory(dispatchId: string, version: number, entry: HistoryEntry): void {
    this.#sql.exec(
      "INSERT INTO history (dispatch_id, version, at, state, cause, actor) VALUES (?, ?, ?, ?, ?, ?)",
      dispatchId,
      version,
      entry.at,
      entry.state,
      entry.cause,
      entry.actor,
    );
    this.#announce(dispatchId);
  }

  history(dispatchId: string): HistoryEntry[] {
    const rows = this.#sql.exec<Record<string, SqlStorageValue>>(
      "SELECT at, state, cause, actor FROM history WHERE dispatch_id = ? ORDER BY version",
      dispatchId,
    );
    return [...rows] as unknown as HistoryEntry[];
  }

  dispatch(id: string): DispatchRow | null {
    return this.#dispatches("WHERE id = ?", id)[0] ?? null;
  }

  dispatchOfRun(runId: number): DispatchRow | null {
    return this.#dispatches("WHERE run_id = ?", runId)[0] ?? null;
  }

  /** Every generation under a key, newest first. */
  generations(key: string): DispatchRow[] {
    return this.#dispatches("WHERE key = ? ORDER BY generation DESC", key);
  }

  /** Every dispatch that a claim led to, newest first. */
  dispatchesOfClaim(claimKey: string): DispatchRow[] {
    return this.#dispatches("WHERE claim_key = ? ORDER BY created_at DESC, id DESC", claimKey);
  }

  /**
   * Every dispatch of a commit, the oldest first. No index: people ask for it, and seldom, while an
   * index would cost every merge a write.
   */
  dispatchesOfCommit(sha: string): DispatchRow[] {
    return this.#dispatches("WHERE sha = ? AND route IS NOT NULL ORDER BY id", sha);
  }

  dueDispatches(nowMs: number, limit: number): DispatchRow[] {
    return this.#dispatches("WHERE due_at <= ? ORDER BY due_at LIMIT ?", nowMs, limit);
  }

  held(limit: number): DispatchRow[] {
    return this.#dispatches("WHERE state = 'held' ORDER BY created_at LIMIT ?", limit);
  }

  heldCount(): number {
    const [row] = this.#sql.exec<{ count: number }>(
      "SELECT count(*) AS count FROM dispatches WHERE state = 'held'",
    );
    return row?.count ?? 0;
  }

  /**
   * Dispatches in those final states, the oldest first, without those that are out of date: a newer
   * generation has repeated them, or a decision that came to no route has come to one since.
   */
  replayable(filter: ReplayFilter): DispatchRow[] {
    const { states, pullRequest, route, since, until, limit, only } = filter;
    // A repeated one is left out here and not later: thirty of them would hide what comes after.
    return this.#dispatches(
      `WHERE state IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR pull_request = ?2)
         AND (?3 IS NULL OR route = ?3) AND (?4 IS NULL OR created_at >= ?4)
         AND (?5 IS NULL OR created_at < ?5)
         AND (?7 IS NULL OR id IN (SELECT value FROM json_each(?7)))
         AND NOT ${REPEATED} AND NOT ${ROUTED} ORDER BY id LIMIT ?6`,
      JSON.stringify(states),
      pullRequest,
      route,
      since,
      until,
      limit,
      only === null || only === undefined ? null : JSON.stringify(only),
    );
  }

  /**
   * Dispatches after that id that were given up since then and not repeated since, the oldest first,
   * without decisions that have come to a route.
   */
  exhausted(afterId: string, sinceMs: number, limit: number): DispatchRow[] {
    return this.#dispatches(
      `WHERE state = 'exhausted' AND id > ? AND finished_at >= ? AND NOT ${REPEATED} AND NOT ${ROUTED} ORDER BY id LIMIT ?`,
      afterId,
      sinceMs,
      limit,
    );
  }

  /** Newest first. Ids sort as the dispatches were made. */
  listDispatches({ state, pullRequest, route, before, limit }: DispatchFilter): DispatchRow[] {
    return this.#dispatches(
      "WHERE id < ?3 AND (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR pull_request = ?2) AND (?5 IS NULL OR route = ?5) ORDER BY id DESC LIMIT ?4",
      state,
      pullRequest,
      before ?? AFTER_ALL_IDS,
      limit,
      route ?? null,
    );
  }

  /**
   * Every dispatch of a merged pull request, newest first. No index, which would cost every merge a
   * write: none is a week older than the first record of the merge, and ids sort by time.
   */
  dispatchesOfPull(pullRequest: number, limit: number): DispatchRow[] {
    const key = claimKey({ kind: "merge", pullRequest, hint: null });
    const taken = this.dispatch(this.aliases.targetOfClaim(key) ?? "");
    const known = [...this.dispatchesOfClaim(key), ...(taken === null ? [] : [taken])];
    const first = Math.min(...known.map(({ createdAt }) => createdAt));
    const repositoryId = Number(this.meta("repository_id"));
    return this.#dispatches(
      "WHERE id >= ? AND pull_request = ? ORDER BY id DESC LIMIT ?",
      known.length === 0 ? "" : makeDispatchId(repositoryId, first - WEEK_MS, NO_CHANCE),
      pullRequest,
      limit,
    );
  }

  /** When the newest dispatch was made, or null. */
  newestAt(): number | null {
    const [row] = this.#sql.exec<{ created_at: number }>(
      "SELECT created_at FROM dispatches ORDER BY id DESC LIMIT 1",
    );
    return row?.created_at ?? null;
  }

  /**
   * Dispatches that are not finished, up to a hundred: every batch for the index asks, and counting a
   * thousand merges of one moment at each of them would be most of what they read.
   */
  openCount(): number {
    const [row] = this.#sql.exec<{ count: number }>(
      `SELECT count(*) AS count FROM (
         SELECT 1 FROM dispatches WHERE due_at IS NOT NULL AND state <> 'held'
         UNION ALL SELECT 1 FROM dispatches WHERE state = 'held' LIMIT ?)`,
      MOST_COUNTED_OPEN,
    );
    return row?.count ?? 0;
  }

  /** At least how many went; an index counts, too. */
  pruneDeliveries(beforeMs: number, limit: number): number {
    return this.#sql.exec(
      "DELETE FROM deliveries WHERE guid IN (SELECT guid FROM deliveries WHERE pending = 0 AND received_at < ? LIMIT ?)",
      beforeMs,
      limit,
    ).rowsWritten;
  }

  /**
   * Takes history, trace and diagnosis off finished dispatches after that id, the oldest first;
   * returns how many, and the last id that it came to, or null.
   */
  thinDispatches(
    afterId: string,
    beforeMs: number,
    limit: number,
  ): { count: number; lastId: string | null } {
    // Ids sort by time, and nothing ends before it begins: younger rows need no look.
    const endId = makeDispatchId(Number(this.meta("repository_id")), beforeMs, NO_CHANCE);
    const rows = [
      ...this.#sql.exec<{ id: string }>(
        "SELECT id FROM dispatches WHERE id > ? AND id < ? AND finished_at < ? ORDER BY id LIMIT ?",
        afterId,
        endId,
        beforeMs,
        limit,
      ),
    ];
    for (const { id } of rows) {
      this.#sql.exec("DELETE FROM history WHERE dispatch_id = ?", id);
      this.#sql.exec("UPDATE dispatches SET trace = NULL, diagnosis = NULL WHERE id = ?", id);
    }
    return { count: rows.length, lastId: rows.at(-1)?.id ?? null };
  }

  #least(column: "due_at" | "received_at", where: string): number | null {
    const [row] = this.#sql.exec<{ least: number | null }>(
      `SELECT MIN(${column}) AS least ${where}`,
    );
    return row?.least ?? null;
  }

  #announce(dispatchId: string): void {
    this.outbox.add(dispatchId);
    this.reports.addNews(dispatchId);
  }

  #dispatches(where: string, ...cells: SqlStorageValue[]): DispatchRow[] {
    const rows = this.#sql.exec<Record<string, SqlStorageValue>>(
      `SELECT * FROM dispatches ${where}`,
      ...cells,
    );
    return [...rows].map(fromRow);
  }
}

function deliveryFrom(raw: Record<string, SqlStorageValue>): DeliveryRow {
  return {
    guid: raw["guid"] as string,
    event: raw["event"] as string,
    receivedAt: raw["received_at"] as number,
    claim: typeof raw["claim"] === "string" ? (parse(raw["claim"]) as Claim | null) : null,
    pending: raw["pending"] === 1,
  };
}
