/** What the sweeper is told of a delivery that GitHub lists as failed. */
import { expect, test } from "vitest";
import { LATER } from "../../worker/fake-github.ts";
import { standing } from "../../../src/ledger/visits.ts";
import { Life } from "./life.ts";

function mergedLife(): Life {
  const life = new Life();
  life.merge(1);
  return life;
}

/** The delivery comes, and all that can be done is done. */
async function come(life: Life): Promise<void> {
  life.deliverMerge(1, "guid");
  await life.pass();
  await life.settle();
}

const told = (life: Life) => standing(life.store, "guid");

test("a delivery is missing before it comes, open until GitHub has taken the dispatch, done from then on", async () => {
  const life = mergedLife();
  expect(told(life)).toBe("missing");
  life.deliverMerge(1, "guid");
  expect(told(life)).toBe("open");
  life.github.fates.push(LATER);
  await life.pass();
  expect(life.rows()).toMatchObject([{ state: "waiting" }]);
  expect(told(life)).toBe("open");
  await life.settle();
  expect(life.rows()).toMatchObject([{ state: "dispatched" }]);
  expect(told(life)).toBe("done");
});

test("what was given up is missing: asked for again, it comes back as another generation", async () => {
  const life = mergedLife();
  life.github.outage = LATER;
  await come(life);
  expect(life.rows()).toMatchObject([{ state: "exhausted" }]);
  expect(told(life)).toBe("missing");
  life.github.outage = null;
  life.deliverMerge(1, "guid");
  expect(told(life)).toBe("open");
  await life.pass();
  await life.settle();
  expect(life.rows().map(({ state }) => state)).toContain("dispatched");
  expect(told(life)).toBe("done");
});

test("is not missing for ever: after five generations a person has to ask", async () => {
  const life = mergedLife();
  life.github.outage = LATER;
  let redeliveries = 0;
  while (told(life) === "missing" && redeliveries < 20) {
    redeliveries += 1;
    await come(life);
  }
  expect(redeliveries).toBe(5);
  life.github.outage = null;
  await come(life);
  expect(life.rows().map(({ state }) => state)).toContain("dispatched");
});

test("a run in doubt is not missing, nor is a merge that is held", async () => {
  const life = mergedLife();
  life.github.showsIds = false;
  life.github.fates.push("lose-after");
  await come(life);
  expect(life.rows()).toMatchObject([{ reason: "run-in-doubt" }]);
  expect(told(life)).toBe("done");
  const paused = mergedLife();
  paused.pause();
  paused.deliverMerge(1, "guid");
  await paused.pass();
  expect(told(paused)).toBe("done");
});
