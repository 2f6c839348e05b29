/** Where the sweeper's walks stand, and how long GitHub asked for silence. */
import type { OverdueLedger } from "../../domain/overdue-ledgers.ts";
import type { LastWalk, Walk } from "./delivery-walk.ts";

/** The walk over deliveries and the asking that follows it. */
export interface DeliveryProgress {
  /** Null between two sweeps. */
  readonly phase: "walking" | "asking" | null;
  readonly walk: Walk | null;
  /** The newest attempt that a finished walk has seen. */
  readonly markAt: number | null;
  readonly last: LastWalk | null;
  /** When the first walk was asked for: what "behind" counts from until one has ended. */
  readonly firstAt: number | null;
  /** Failures in a row of the call at hand. */
  readonly tries: number;
  /** Nothing is asked before. */
  readonly retryAt: number;
  /** POSTs since the walk. */
  readonly asked: number;
}

/** The walk over the list of installations. */
export interface InstallationProgress {
  readonly startedAt: number | null;
  /** The next page, from 1; null when the list is through. */
  readonly page: number | null;
  readonly tries: number;
  readonly retryAt: number;
}

/** The look for overdue ledgers. */
export interface KickProgress {
  readonly wanted: boolean;
  /** The last one that was kicked in this look. */
  readonly after: OverdueLedger | null;
}

/** What GitHub has asked of the App as itself; each installation has a limit of its own. */
export interface AppProgress {
  /** Nothing is asked before. */
  readonly silentUntil: number;
}

interface Progress {
  readonly app: AppProgress;
  readonly deliveries: DeliveryProgress;
  readonly installations: InstallationProgress;
  readonly kick: KickProgress;
}

const NOTHING: Progress = {
  app: { silentUntil: 0 },
  deliveries: {
    phase: null,
    walk: null,
    markAt: null,
    last: null,
    firstAt: null,
    tries: 0,
    retryAt: 0,
    asked: 0,
  },
  installations: { startedAt: null, page: null, tries: 0, retryAt: 0 },
  kick: { wanted: false, after: null },
};

export class ProgressStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get<Name extends keyof Progress>(name: Name): Progress[Name] {
    const [row] = this.#sql.exec<{ value: string }>(
      "SELECT value FROM progress WHERE name = ?",
      name,
    );
    // A field that an older version did not write has its first value.
    return row ? { ...NOTHING[name], ...JSON.parse(row.value) } : NOTHING[name];
  }

  update<Name extends keyof Progress>(name: Name, change: Partial<Progress[Name]>): void {
    const value = JSON.stringify({ ...this.get(name), ...change });
    this.#sql.exec("INSERT OR REPLACE INTO progress (name, value) VALUES (?, ?)", name, value);
  }
}
