/** A line in a dispatch's history that is no step: its state stays. */
import type { DispatchRow } from "../dispatch-row.ts";
import type { LedgerContext } from "../ledger-context.ts";

/** Writes the fields and the line, unless somebody else changed the row meanwhile. */
export function advanceNothing(
  { store, clock }: LedgerContext,
  row: DispatchRow,
  change: { cause: string; fields: Partial<DispatchRow> },
): void {
  const at = clock.now();
  if (!store.updateDispatch(row, { ...change.fields, updatedAt: at })) return;
  const entry = { at, state: row.state, cause: change.cause, actor: "relay" };
  store.addHistory(row.id, row.version + 1, entry);
}
