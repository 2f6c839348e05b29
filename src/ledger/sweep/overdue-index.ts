/** The port `OverdueLedgers` over the D1 index. */
import type { OverdueLedger, OverdueLedgers } from "../../domain/overdue-ledgers.ts";

const QUERY = `SELECT repository_id AS repositoryId, next_due_at AS dueAtMs FROM ledgers
  WHERE next_due_at <= ?1 AND (next_due_at, repository_id) > (?2, ?3)
  ORDER BY next_due_at, repository_id LIMIT ?4`;

/** Without a binding, a table or an answer the index is unavailable, and that is all. */
export function overdueIn(index: D1Database | undefined): OverdueLedgers {
  return {
    async overdue({ beforeMs, after, limit }) {
      if (index === undefined) return { kind: "unavailable" };
      try {
        const from = after ?? { dueAtMs: -1, repositoryId: -1 };
        const { results } = await index
          .prepare(QUERY)
          .bind(beforeMs, from.dueAtMs, from.repositoryId, limit)
          .all<Record<keyof OverdueLedger, number>>();
        return { kind: "ok", value: results };
      } catch {
        return { kind: "unavailable" };
      }
    },
  };
}
