/** Which ledgers should have woken by now, as the index over all of them knows it. */
import type { IndexAnswer } from "./dispatch-index.ts";

export interface OverdueLedger {
  readonly repositoryId: number;
  readonly dueAtMs: number;
}

export interface OverdueLedgers {
  /** At most `limit` that were due before that moment, the oldest first, beginning behind `after`. */
  overdue(ask: {
    readonly beforeMs: number;
    readonly after: OverdueLedger | null;
    readonly limit: number;
  }): Promise<IndexAnswer<readonly OverdueLedger[]>>;
}
