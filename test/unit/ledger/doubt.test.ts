/** Workflows without a `run-name`: what GitHub lists does not tell whose a run is. */
import { expect, test } from "vitest";
import type { RunFacts } from "../../../src/domain/run.ts";
import { Life, SETTLE_MS } from "./life.ts";

const UNTITLED: RunFacts = {
  id: 77,
  url: "https://github.test/runs/77",
  event: "workflow_dispatch",
  displayTitle: "Publish image",
  status: "queued",
  conclusion: null,
  attempt: 1,
  byPerson: false,
};

/** A merge whose dispatch got no answer; `fate` says whether GitHub took it. */
async function lostLife(fate: "lose-after" | "lose-before"): Promise<Life> {
  const life = new Life();
  life.github.showsIds = false;
  life.merge(1);
  life.github.fates.push(fate);
  life.deliverMerge(1, "first");
  await life.pass();
  expect(life.rows()).toMatchObject([{ state: "unknown" }]);
  return life;
}

test("a run that may be the dispatch's own keeps it from being sent again, and is named in the end", async () => {
  const life = await lostLife("lose-after");
  await life.pass(SETTLE_MS);
  expect(life.rows()).toMatchObject([{ state: "unknown", reason: "run-in-doubt" }]);
  await life.settle();
  const [row] = life.rows();
  expect(row).toMatchObject({ state: "exhausted", reason: "run-in-doubt", dueAt: null });
  expect(row?.remedy).toContain("https://github.test/runs/5001");
  expect(row?.remedy).toContain("run-name");
  expect(life.github.posts).toHaveLength(1);
});

test("looks at such a run with waits that grow", async () => {
  const life = await lostLife("lose-after");
  await life.pass(SETTLE_MS);
  const waits: number[] = [];
  while (life.rows()[0]?.state === "unknown") {
    const wait = (life.nextDueAt() ?? 0) - life.now;
    waits.push(wait);
    await life.pass(wait);
  }
  expect(waits).toEqual([1_500, 3_000, 6_000]);
});

test("no redelivery repeats what ended in doubt; a person may", async () => {
  const life = await lostLife("lose-after");
  await life.settle();
  life.deliverMerge(1, "first");
  life.deliverMerge(1, "second");
  await life.pass();
  expect(life.rows()).toHaveLength(1);
  // Nor does a replay of whatever failed: somebody has to look at this one's run first.
  life.replay();
  expect(life.rows()).toHaveLength(1);
  await life.order({ kind: "pull", pullRequest: 1 });
  await life.pass();
  expect(life.rows()).toMatchObject([{ generation: 2 }, { generation: 1 }]);
});

test("a doubtful run that somebody deletes stays in doubt", async () => {
  const life = await lostLife("lose-after");
  await life.pass(SETTLE_MS);
  life.github.runs = [];
  await life.settle();
  expect(life.rows()).toMatchObject([{ state: "exhausted", reason: "run-in-doubt" }]);
  expect(life.github.posts).toHaveLength(1);
});

test("runs that are surely another's prove nothing, and the dispatch is sent again", async () => {
  const life = await lostLife("lose-before");
  const other = `mr-abc-${"0".repeat(26)}`;
  life.github.runs.push({ ...UNTITLED, byPerson: true });
  life.github.runs.push({ ...UNTITLED, id: 78, displayTitle: `Publish ${other}` });
  life.merge(2);
  life.deliverMerge(2, "second");
  await life.pass();
  await life.settle();
  expect(life.rows()).toMatchObject([{ state: "dispatched" }, { state: "dispatched" }]);
  expect(life.github.posts).toHaveLength(3);
});

test("a doubt ends when the run turns out to be another dispatch's", async () => {
  const life = await lostLife("lose-before");
  life.github.runs.push(UNTITLED);
  await life.pass(SETTLE_MS);
  const [row] = life.rows();
  expect(row).toMatchObject({ state: "unknown", reason: "run-in-doubt" });
  life.merge(2);
  life.deliverMerge(2, "second");
  await life.pass();
  life.github.runs = [UNTITLED];
  life.sql.exec("UPDATE dispatches SET run_id = 77 WHERE pull_request = 2");
  await life.settle();
  const [, own] = life.rows();
  expect(own).toMatchObject({ pullRequest: 1, state: "dispatched", reason: null, remedy: null });
  expect(life.github.posts).toHaveLength(3);
});
