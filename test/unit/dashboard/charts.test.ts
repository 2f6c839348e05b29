import * as fc from "fast-check";
import { expect, test } from "vitest";
import { daysBetween, niceMaximum, stack } from "../../../src/dashboard/charts/scale.ts";
import { tellDuration } from "../../../src/dashboard/parts/when.tsx";

const counts = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 5 });

test("the top of an axis is a round number that no value exceeds, and not far above", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2_000_000_000 }), (value) => {
      const top = niceMaximum(value);
      expect(top).toBeGreaterThanOrEqual(value);
      expect(top).toBeLessThanOrEqual(Math.max(1, value * 1.5));
      expect(String(top)).toMatch(/^([1234568]|15)0*$/);
    }),
  );
});

test("stacked boxes lie one on the other, within the picture, in proportion", () => {
  fc.assert(
    fc.property(counts, (parts) => {
      const sum = parts.reduce((total, part) => total + part, 0);
      const maximum = niceMaximum(sum);
      const boxes = stack(parts, maximum, 100);
      let top = 100;
      for (const [at, { y, height }] of boxes.entries()) {
        expect(y + height).toBeCloseTo(top, 6);
        expect(height).toBeCloseTo((100 * parts[at]!) / maximum, 6);
        expect(y).toBeGreaterThanOrEqual(-1e-9);
        top = y;
      }
    }),
  );
});

test("counts every day once, from the first to the last", () => {
  const day = fc.integer({ min: 0, max: 4e12 });
  fc.assert(
    fc.property(day, fc.nat({ max: 60 }), (since, length) => {
      const days = daysBetween(since, since + length * 86_400_000);
      expect(days).toHaveLength(length + 1);
      expect(days).toEqual([...new Set(days)].toSorted());
    }),
  );
});

test.each([
  [null, "–"],
  [0, "0 ms"],
  [850, "850 ms"],
  [999.6, "1 s"],
  [4_210, "4.2 s"],
  [59_960, "1 min"],
  [190_000, "3 min 10 s"],
  [3_599_600, "1 h"],
  [7_500_000, "2 h 5 min"],
  [90_000_000, "1 d 1 h"],
])("tells %j milliseconds as %s", (ms, text) => {
  expect(tellDuration(ms)).toBe(text);
});

test("tells no duration with a second step that is a whole first one", () => {
  fc.assert(
    fc.property(fc.nat({ max: 4e9 }), (ms) => {
      expect(tellDuration(ms)).not.toMatch(/ (60 s|60 min|24 h)$/);
    }),
  );
});
