import { expect, test } from "vitest";
import { Life, SCAN_MS } from "./life.ts";

test("a merge that GitHub denied for longer than it is doubted is dispatched once the list shows it", async () => {
  const life = new Life();
  life.merge(1);
  life.deliverMerge(1, "first");
  life.deliverMerge(2, "second");
  await life.pass();
  await life.settle();
  const denied = life.rows().find(({ pullRequest }) => pullRequest === 2);
  expect(denied).toMatchObject({ state: "rejected", reason: "merge-not-confirmed" });
  life.merge(2);
  for (let scan = 0; scan < 3; scan++) {
    await life.pass(SCAN_MS);
    await life.settle();
  }
  expect([...life.runs().values()]).toEqual([1, 1]);
  expect(life.bugs).toEqual([]);
});
