import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { migrate } from "../../../src/ledger/schema.ts";
import {
  hastenScanAfterPush,
  SCAN_OVERLAP_MS,
  scanDueAt,
  waitAfterScan,
} from "../../../src/ledger/scan-schedule.ts";
import { Store } from "../../../src/ledger/store.ts";
import { Life, SCAN_MS } from "./life.ts";
import { memoryStorage } from "./sqlite-storage.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_800_000_000_000;
const time = { nowMs: NOW, intervalMs: SCAN_MS };

function emptyStore(): Store {
  const storage = memoryStorage();
  migrate(storage);
  return new Store(storage.sql);
}

describe("the wait after a scan", () => {
  test("is never shorter than the interval, nor longer than a day and a tenth, nor than thrice the quiet and a tenth", () => {
    const ms = fc.integer({ min: 0, max: 400 * DAY });
    fc.assert(
      fc.property(
        ms,
        fc.integer({ min: 50, max: DAY }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (quiet, intervalMs, draw) => {
          const wait = waitAfterScan(quiet, { intervalMs, draw });
          expect(wait).toBeGreaterThanOrEqual(intervalMs);
          expect(wait).toBeLessThanOrEqual(Math.max(intervalMs, 1.1 * DAY));
          expect(wait).toBeLessThanOrEqual(Math.max(intervalMs, 3.3 * quiet + 1));
        },
      ),
    );
  });

  test("grows to a day within a day: a quiet repository has five scans in the first, one in the next", () => {
    const times: number[] = [];
    for (let at = SCAN_MS; at < 30 * DAY;) {
      times.push(at);
      at += waitAfterScan(at, { intervalMs: SCAN_MS, draw: 0 });
    }
    expect(times.filter((at) => at <= DAY)).toHaveLength(4);
    expect(times.length).toBeLessThanOrEqual(4 + 30);
  });
});

test("a merge that is delivered brings the next scan within an interval", async () => {
  const life = new Life();
  life.merge(1);
  life.deliverMerge(1, "first");
  await life.pass();
  for (let days = 0; days < 3; days++) await life.passToScan();
  expect(scanDueAt(life.store)).toBeGreaterThan(life.now + 2 * SCAN_MS);
  life.merge(2);
  life.deliverMerge(2, "second");
  await life.pass();
  expect(scanDueAt(life.store)).toBeLessThanOrEqual(life.now + SCAN_MS);
  // The one that is lost now is found then.
  life.merge(3);
  await life.passToScan();
  await life.settle();
  expect([...life.runs().values()]).toEqual([1, 1, 1]);
});

describe("a visit", () => {
  test("after a push brings the scan forward, and without one puts the ledger's own off", () => {
    const store = emptyStore();
    store.setMeta("scan_begun", String(NOW - 2 * HOUR));
    store.setMeta("scan_watermark", String(NOW - 2 * HOUR - SCAN_OVERLAP_MS));
    store.setMeta("scan_due", String(NOW + HOUR));
    const quiet = { pushedAtMs: NOW - 3 * HOUR, installedAtMs: 0 };
    expect(hastenScanAfterPush(store, quiet, time)).toBe(false);
    expect(scanDueAt(store)).toBe(NOW - 2 * HOUR + 7 * DAY);
    expect(hastenScanAfterPush(store, { ...quiet, pushedAtMs: NOW - HOUR }, time)).toBe(true);
    expect(scanDueAt(store)).toBe(NOW);
  });

  test("right after a scan brings the next one to the interval's end: for that push nobody comes again", () => {
    const store = emptyStore();
    const begun = NOW - 60_000;
    store.setMeta("scan_begun", String(begun));
    store.setMeta("scan_watermark", String(begun - SCAN_OVERLAP_MS));
    store.setMeta("scan_due", String(NOW + 2 * HOUR));
    const pushed = { pushedAtMs: NOW - 30_000, installedAtMs: 0 };
    expect(hastenScanAfterPush(store, pushed, time)).toBe(true);
    expect(scanDueAt(store)).toBe(begun + SCAN_MS);
    expect(hastenScanAfterPush(store, pushed, time)).toBe(false);
    expect(scanDueAt(store)).toBe(begun + SCAN_MS);
  });

  test("of a repository to which nothing was pushed since the App came lets nothing be asked", () => {
    const store = emptyStore();
    const before = { pushedAtMs: NOW - 9 * DAY, installedAtMs: NOW - 8 * DAY };
    expect(hastenScanAfterPush(store, before, time)).toBe(false);
    expect(hastenScanAfterPush(store, { ...before, pushedAtMs: NOW - 7 * DAY }, time)).toBe(true);
  });

  test("does not put off a scan in the middle of its pages", () => {
    const store = emptyStore();
    store.setMeta("scan_begun", String(NOW));
    store.setMeta("scan_page", "3");
    store.setMeta("scan_due", String(NOW));
    expect(hastenScanAfterPush(store, { pushedAtMs: null, installedAtMs: 0 }, time)).toBe(false);
    expect(scanDueAt(store)).toBe(NOW);
  });
});
