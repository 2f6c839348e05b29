/** Keeps the receipt of a dispatch, if it comes from that dispatch's own run. */
import type { ImageReceipt, RunIdentity } from "../domain/image-receipt.ts";
import { dispatchNamed } from "./read.ts";
import { mendedByReceipt, receiptsComeFrom } from "./reports/receipts.ts";
import type { Store } from "./store.ts";

/** False when the run, its repository or its workflow is another than the dispatch's. */
export function takeReceipt(
  store: Store,
  dispatchId: string,
  said: { run: RunIdentity; receipt: ImageReceipt; nowMs: number },
): boolean {
  const row = dispatchNamed(store, dispatchId);
  const { run, receipt, nowMs } = said;
  const own =
    row?.target !== null &&
    row?.target !== undefined &&
    row.runId === run.runId &&
    row.target.repository.id === run.repositoryId &&
    row.target.workflow === run.workflow;
  if (!own) return false;
  if (JSON.stringify(row.receipt) === JSON.stringify(receipt)) return true;
  store.updateDispatch(row, { receipt, updatedAt: nowMs, ...mendedByReceipt(row) });
  receiptsComeFrom(store, row);
  const cause = `receipt ${receipt.digest}`;
  store.addHistory(row.id, row.version + 1, { at: nowMs, state: row.state, cause, actor: "run" });
  return true;
}
