import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Courtesy, Rush } from "../../../src/ledger/rush.ts";

const START = 1_800_000_000_000;

/** A rush that lasts as long as deliveries come every `everyMs`, the last of them at `until`. */
function deliver(rush: Rush, from: number, until: number, everyMs: number): void {
  for (let at = from; at <= until; at += everyMs) rush.note(at);
}

describe("work in a rush of deliveries", () => {
  test("begins at once where few deliveries come, a hundred a second included", () => {
    const rush = new Rush();
    deliver(rush, START, START + 5_000, 10);
    expect(new Courtesy(rush).beginAt(START + 5_000)).toBe(START + 5_000);
    expect(new Courtesy(new Rush()).beginAt(START)).toBe(START);
  });

  test("waits for a moment while hundreds come in a second", () => {
    const rush = new Rush();
    deliver(rush, START, START + 500, 2);
    expect(new Courtesy(rush).beginAt(START + 500)).toBeGreaterThan(START + 500);
  });

  test("begins as soon as the rush is over", () => {
    const rush = new Rush();
    const courtesy = new Courtesy(rush);
    deliver(rush, START, START + 500, 2);
    courtesy.beginAt(START + 500);
    expect(courtesy.beginAt(START + 600)).toBe(START + 600);
  });

  test("waits two seconds in all, and goes on unhindered until everything due is done", () => {
    const rush = new Rush();
    const courtesy = new Courtesy(rush);
    deliver(rush, START, START + 1_900, 2);
    courtesy.beginAt(START + 100);
    expect(courtesy.beginAt(START + 1_900)).toBeGreaterThan(START + 1_900);
    deliver(rush, START + 1_902, START + 2_400, 2);
    expect(courtesy.beginAt(START + 2_100)).toBe(START + 2_100);
    expect(courtesy.beginAt(START + 2_400)).toBe(START + 2_400);
    courtesy.isDone();
    expect(courtesy.beginAt(START + 2_400)).toBeGreaterThan(START + 2_400);
  });

  test("is never put off by more than two seconds, nor looked at more than six times, however deliveries come", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1 }), (gaps) => {
        const rush = new Rush();
        const courtesy = new Courtesy(rush);
        let now = START;
        let looks = 0;
        for (let next = courtesy.beginAt(now); looks === 0 || next > now; looks += 1) {
          for (let at = now; at <= next; at += gaps[looks % gaps.length]! + 1) rush.note(at);
          now = Math.max(next, now + 1);
          next = courtesy.beginAt(now);
          expect(now - START).toBeLessThanOrEqual(2_000);
        }
        expect(looks).toBeLessThanOrEqual(6);
      }),
    );
  });
});
