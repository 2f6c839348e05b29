/**
 * When a ledger looks through its repository's merges. Soon after something has happened there, and
 * ever more rarely while nothing does: a hundred thousand quiet repositories must not ask GitHub every
 * quarter of an hour. What is pushed meanwhile the walk over the installations sees, and brings the
 * scan forward.
 */
import type { Store } from "./store.ts";

const DAY_MS = 86_400_000;
/** So long after something has happened every interval has its scan, however short it is. */
const ACTIVE_MS = 900_000;
/** A lost merge is found within this many times the time since the last one that was known. */
const PATIENCE = 3;
/** A repository to which nothing was pushed has nothing to find; it is looked at anyway, now and then. */
const UNPUSHED_WAIT_MS = 7 * DAY_MS;
/** So long GitHub's list may lag behind what it says of the last push. */
const PUSH_SETTLES_MS = 120_000;

/** GitHub's list may lag behind its events, and its clock may differ from ours: a scan's watermark lies so far before it. */
export const SCAN_OVERLAP_MS = 600_000;

/** From one scan to the next; a tenth of it at most is added by chance, lest all come at once. Pure. */
export function waitAfterScan(
  quietMs: number,
  rule: { readonly intervalMs: number; readonly draw: number },
): number {
  const { intervalMs, draw } = rule;
  if (quietMs <= ACTIVE_MS) return intervalMs;
  const wait = Math.max(intervalMs, Math.min(PATIENCE * quietMs, DAY_MS));
  return wait > intervalMs ? Math.round(wait * (1 + draw / 10)) : wait;
}

/** Puts a ledger that never scanned on the list; the first scan comes after one interval. */
export function expectScan(store: Store, nowMs: number, intervalMs: number): void {
  if (store.meta("scan_due") === null) store.setMeta("scan_due", String(nowMs + intervalMs));
}

/** Something happens here: the next scan comes within an interval, unless GitHub does not answer them. */
export function expectScanSoon(store: Store, nowMs: number, intervalMs: number): void {
  const due = metaNumber(store, "scan_due");
  const failing = (metaNumber(store, "scan_failures") ?? 0) > 0;
  if (due !== null && due > nowMs + intervalMs && !failing) {
    store.setMeta("scan_due", String(nowMs + intervalMs));
  }
}

/**
 * Brings the scan forward to now; where one was begun within the interval, to that interval's end: who
 * asks may not come again, since the walk visits for one push only once. False where nothing changes.
 */
export function hastenScan(store: Store, nowMs: number, intervalMs: number): boolean {
  const begun = metaNumber(store, "scan_begun") ?? Number.NEGATIVE_INFINITY;
  const from = Math.max(nowMs, begun + intervalMs);
  const due = metaNumber(store, "scan_due");
  if (from > nowMs && due !== null && due <= from) return false;
  store.setMeta("scan_due", String(from));
  return true;
}

/**
 * The same where something was pushed since the last scan (a merge is a push); where nothing was, there
 * is nothing to find, and the ledger's own scan can wait.
 */
export function hastenScanAfterPush(
  store: Store,
  push: { readonly pushedAtMs: number | null; readonly installedAtMs: number },
  time: { readonly nowMs: number; readonly intervalMs: number },
): boolean {
  const { nowMs, intervalMs } = time;
  // The last that came to its end: what was pushed while they failed is still to be found.
  const watermark = metaNumber(store, "scan_watermark");
  const begun = watermark === null ? null : watermark + SCAN_OVERLAP_MS;
  const since = (begun ?? push.installedAtMs) - PUSH_SETTLES_MS;
  if (push.pushedAtMs !== null && push.pushedAtMs >= since) {
    return hastenScan(store, nowMs, intervalMs);
  }
  const later = (begun ?? push.installedAtMs) + UNPUSHED_WAIT_MS;
  const due = metaNumber(store, "scan_due");
  if (store.meta("scan_page") === null && (due === null || due < later) && later > nowMs) {
    store.setMeta("scan_due", String(later));
  }
  return false;
}

/** When the next page is due, or null in a ledger that has none to scan. */
export function scanDueAt(store: Store): number | null {
  return metaNumber(store, "scan_due");
}

/** A number among the ledger's notes, or null. */
export function metaNumber(store: Store, key: string): number | null {
  const value = Number(store.meta(key) ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}
