/** Receipts that do not come: said once where nobody ever sent one, every time where they are usual. */
import { advanceNothing } from "./note-history.ts";
import type { DispatchRow } from "../dispatch-row.ts";
import type { LedgerContext } from "../ledger-context.ts";
import type { Store } from "../store.ts";

export const RECEIPT_WAIT_MS = 600_000;
const TOO_LATE_MS = 86_400_000;
const NO_RECEIPT = "receipt-missing";
const REMEDY =
  "The run succeeded, but told the relay no digest. Check the run's receipt step: it needs id-token: write and the variable MERGE_RELAY_URL with this relay's address. The image itself is not concerned.";

/** True for a success whose receipt has not come and has not been missed yet. */
export function awaitsReceipt(row: DispatchRow): boolean {
  return row.state === "succeeded" && row.receipt === null && row.reason === null;
}

/** What a receipt that comes late takes back. */
export function mendedByReceipt(row: DispatchRow): Partial<DispatchRow> {
  return row.reason === NO_RECEIPT ? { reason: null, remedy: null } : {};
}

/** From now on a receipt that this workflow does not send is missed. */
export function receiptsComeFrom(store: Store, row: DispatchRow): void {
  store.setMeta(keyOf(row), "usual");
}

/**
 * Says that no receipt came. A workflow that never sent one is spoken of once, as a hint; whoever
 * does without receipts is not told again at every merge.
 */
export function missReceipt(context: LedgerContext, dispatchId: string): void {
  const { store } = context;
  const row = store.dispatch(dispatchId);
  store.reports.drop(`receipt:${dispatchId}`);
  if (row === null || !awaitsReceipt(row) || store.meta(keyOf(row)) === "hinted") return;
  // Nobody is helped by hearing of it days later, from a ledger that slept.
  if (context.clock.now() - (row.finishedAt ?? 0) > TOO_LATE_MS) return;
  if (store.meta(keyOf(row)) === null) store.setMeta(keyOf(row), "hinted");
  advanceNothing(context, row, {
    cause: "no receipt came",
    fields: { reason: NO_RECEIPT, remedy: REMEDY },
  });
}

function keyOf({ target }: DispatchRow): string {
  return `receipts:${target?.repository.id ?? 0}:${target?.workflow ?? ""}`;
}
