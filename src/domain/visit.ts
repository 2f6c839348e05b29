/** What the sweeper says to ledgers and asks of them. */
import type { RepositoryRef } from "./ports.ts";

/** A repository that an installation holds, found by walking over the installations. */
export interface Visit {
  readonly repository: RepositoryRef;
  /** When the App was installed, in milliseconds: nothing that was merged before is looked for. */
  readonly installedAtMs: number;
  /** The last push; null where there was none. */
  readonly pushedAtMs?: number | null;
}

/**
 * What a ledger has of a delivery that GitHub lists as failed. `missing`: not there, or its work was
 * given up; `open`: its work may yet be given up; `done`: GitHub only never heard our answer.
 */
export type Standing = "missing" | "open" | "done";

export interface SweptLedger {
  standing(guid: string): Promise<Standing> | Standing;
  /** Lets the ledger scan its repository's merges when it has not done so for an interval. */
  visit(visit: Visit): Promise<void> | void;
  /** Lets a ledger whose alarm never came look for what is due. */
  kick(): Promise<void> | void;
}
