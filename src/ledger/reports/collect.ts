/** From what changed to what is to be told: no I/O but the store. */
import { isByHand } from "../../domain/order.ts";
import type { DispatchRow } from "../dispatch-row.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { isTold } from "./comment-body.ts";
import { awaitsReceipt, RECEIPT_WAIT_MS } from "./receipts.ts";
import { isSwitchedOff } from "./switched-off.ts";

const BATCH = 200;

/** Puts every check run and comment that has news on the list. */
export function collectReports(context: LedgerContext): void {
  const { store } = context;
  for (const id of store.reports.takeNews(BATCH)) {
    const row = store.dispatch(id);
    if (row !== null) collect(context, row);
  }
}

/** Only what was really sent, or asked for by hand, is worth a report. */
function isReported(row: DispatchRow): boolean {
  return row.route !== null && row.sha !== null && (row.sentAt !== null || isByHand(row.event));
}

function collect(context: LedgerContext, row: DispatchRow): void {
  const { store, clock, settings } = context;
  const { reports } = store;
  const nowMs = clock.now();
  if (awaitsReceipt(row)) {
    const dueAt = (row.finishedAt ?? nowMs) + RECEIPT_WAIT_MS;
    reports.expect(`receipt:${row.id}`, { kind: "receipt", dueAt, nowMs });
  }
  if (!isReported(row)) return;
  if (settings.reports.checks && !isSwitchedOff(context, "check")) {
    reports.expect(`check:${row.id}`, { kind: "check", dueAt: nowMs, nowMs });
  }
  if (!settings.reports.comments || row.pullRequest === null || isSwitchedOff(context, "comment")) {
    return;
  }
  const subject = `comment:${row.pullRequest}`;
  if (isTold(row) || reports.get(subject) !== null) {
    reports.expect(subject, { kind: "comment", dueAt: nowMs, nowMs });
  }
}
