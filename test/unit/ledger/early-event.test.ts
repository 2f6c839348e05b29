/** GitHub may tell of a run's end before it answers the call that started it. */
import { expect, test } from "vitest";
import type { Fate } from "../../worker/fake-github.ts";
import { Life } from "./life.ts";

/** A merge whose run ends, and is told of, while GitHub's answer to its dispatch is still under way. */
async function endsEarly(fate: Fate): Promise<Life> {
  const life = new Life();
  life.github.fates.push(fate);
  life.merge(1);
  life.deliverMerge(1, "merge");
  life.github.beforeAnswer = () => {
    life.github.runs = life.github.runs.map((run) => ({
      ...run,
      status: "completed",
      conclusion: "success",
    }));
    life.wake();
    return Promise.resolve();
  };
  await life.pass();
  return life;
}

test.each(["accept", "accept-without-id", "lose-after"] as const)(
  "a run that ended before the answer (%s) is seen as soon as the answer is there",
  async (fate) => {
    const life = await endsEarly(fate);
    await life.pass();
    await life.pass();
    expect(life.rows()).toMatchObject([{ state: "succeeded" }]);
    expect(life.github.posts).toHaveLength(1);
  },
);

test("an event before an answer that asks to wait does not cut the wait short", async () => {
  const life = new Life();
  const notBeforeMs = life.now + 120_000;
  life.github.fates.push({ kind: "later", notBeforeMs, cause: "rate-limited" });
  life.merge(1);
  life.deliverMerge(1, "merge");
  life.github.beforeAnswer = async () => life.wake();
  await life.pass();
  expect(life.rows()).toMatchObject([{ state: "waiting" }]);
  expect(life.rows()[0]?.dueAt).toBeGreaterThanOrEqual(notBeforeMs);
});

test("an event before the answer has one early look, and the next is the usual poll", async () => {
  const life = new Life();
  life.merge(1);
  life.deliverMerge(1, "merge");
  life.github.beforeAnswer = async () => life.wake();
  await life.pass();
  await life.pass();
  expect(life.rows()).toMatchObject([{ state: "dispatched", dueAt: life.now + 60_000 }]);
});
