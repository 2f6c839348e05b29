/** A kind of report that the installation does not permit: left alone for some hours, said once. */
import type { LedgerContext } from "../ledger-context.ts";
import type { ReportKind } from "./report-store.ts";

const OFF_MS = 6 * 3_600_000;

/** True while that kind of report is not even tried. */
export function isSwitchedOff({ store, clock }: LedgerContext, kind: ReportKind): boolean {
  return clock.now() < Number(store.meta(`reports_off:${kind}`) ?? 0);
}

/** Switches it off; the log hears of it once until it has worked again. */
export function switchOff({ store, clock, log }: LedgerContext, kind: ReportKind): void {
  const isKnown = store.meta(`reports_off:${kind}`) !== null;
  store.setMeta(`reports_off:${kind}`, String(clock.now() + OFF_MS));
  store.reports.silence(kind);
  if (isKnown) return;
  const repository = Number(store.meta("repository_id"));
  log.warn("report.permission-missing", { kind, repository_id: repository });
}

/** It works (again). */
export function noteWorking({ store }: LedgerContext, kind: ReportKind): void {
  if (store.meta(`reports_off:${kind}`) !== null) store.dropMeta(`reports_off:${kind}`);
}
