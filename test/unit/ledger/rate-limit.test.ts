/** A limit that somebody else has met: the merge waits, and is none the poorer for it. */
import { expect, test } from "vitest";
import { Life } from "./life.ts";

/** A ledger whose questions are kept back, as by another one's limit. */
function silencedLife(): Life {
  const life = new Life();
  life.merge(1);
  life.deliverMerge(1, "first");
  silence(life);
  return life;
}

function silence(life: Life): void {
  const notBeforeMs = life.now + 60_000;
  life.github.outage = { kind: "later", notBeforeMs, cause: "rate-limited", unasked: true };
}

test("a dispatch that was kept back waits with the reason, and uses no attempt up", async () => {
  const life = silencedLife();
  for (let limit = 0; limit < 20; limit++) {
    silence(life);
    await life.pass(90_000);
  }
  expect(life.rows()).toMatchObject([{ state: "waiting", attempts: 0 }]);
  expect(life.store.history(life.rows()[0]?.id ?? "").at(-1)).toMatchObject({
    state: "waiting",
    cause: "rate-limited",
  });
  life.github.outage = null;
  await life.settle();
  expect(life.rows()).toMatchObject([{ state: "dispatched" }]);
});

test("those that wait for one limit do not all wake at its end", async () => {
  const waits = [];
  for (const draw of [0, 0.5, 0.9]) {
    const life = silencedLife();
    life.draw = draw;
    const end = life.now + 60_000;
    await life.pass();
    waits.push((life.rows()[0]?.dueAt ?? 0) - end);
  }
  expect(waits).toEqual([0, 7_500, 13_500]);
});

test("an attempt that GitHub itself refused for its limit counts", async () => {
  const life = silencedLife();
  const notBeforeMs = life.now + 60_000;
  life.github.outage = { kind: "later", notBeforeMs, cause: "rate-limited" };
  await life.pass();
  expect(life.rows()).toMatchObject([{ state: "waiting", attempts: 1 }]);
});
