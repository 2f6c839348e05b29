/** What was given up because GitHub could not be asked comes back once it shows the repository. */
import { expect, test } from "vitest";
import type { Answer } from "../../../src/domain/outcome.ts";
import { takeVisit } from "../../../src/ledger/visits.ts";
import { Life, SCAN_MS } from "./life.ts";

const DAY = 86_400_000;
const GONE = { kind: "absent", cause: "installation-gone" } as const;
const DOWN = { kind: "later", notBeforeMs: null, cause: "status-502" } as const;

/** A ledger whose merge was given up during an outage. */
async function givenUp(outage: Exclude<Answer<never>, { kind: "ok" }> = GONE): Promise<Life> {
  const life = new Life();
  life.merge(1);
  life.github.outage = outage;
  life.deliverMerge(1, "one");
  for (let round = 0; round < 8; round++) await life.pass(10_000);
  expect(states(life)).toEqual(["exhausted"]);
  return life;
}

const states = (life: Life) => life.rows().map(({ state }) => state);
const visit = (life: Life, pushedAtMs: number | null) =>
  takeVisit(
    life.store,
    {
      repository: { id: 4242, owner: "acme", name: "app", installationId: 99 },
      installedAtMs: 0,
      pushedAtMs,
    },
    { nowMs: life.now, intervalMs: SCAN_MS },
  );

test.each([GONE, DOWN])(
  "after $cause the scan brings it back, and it is dispatched once",
  async (outage) => {
    const life = await givenUp(outage);
    await life.passToScan();
    expect(states(life)).toEqual(["exhausted"]);
    life.github.outage = null;
    for (let round = 0; round < 4; round++) await life.passToScan();
    expect(life.github.posts).toHaveLength(1);
    expect(states(life)).toEqual(["dispatched", "exhausted"]);
    const [again] = life.rows();
    expect(again).toMatchObject({ generation: 1, delivery: "one", event: "test" });
    expect(life.store.history(again!.id)[0]?.cause).toContain("GitHub shows the repository again");
  },
);

test("a visit hastens it even where nothing was pushed", async () => {
  const life = await givenUp();
  for (let round = 0; round < 40; round++) await life.pass(SCAN_MS);
  life.github.outage = null;
  expect(visit(life, life.now - DAY)).toBe(true);
  await life.pass();
  await life.pass();
  expect(life.github.posts).toHaveLength(1);
  expect(visit(life, life.now - DAY)).toBe(false);
});

test.each([10, 300])(
  "a merge of which nobody told during %i minutes of outage is found at the next visit",
  async (minutes) => {
    const life = new Life();
    life.merge(1);
    life.deliverMerge(1, "one");
    await life.pass();
    await life.passToScan();
    life.github.outage = GONE;
    life.now += 60_000;
    const pushedAt = life.now;
    life.merge(2);
    for (let minute = 0; minute < minutes; minute++) await life.pass(60_000);
    life.github.outage = null;
    if (!visit(life, pushedAt)) life.now += SCAN_MS;
    for (let round = 0; round < 3; round++) await life.pass();
    expect(life.github.posts).toHaveLength(2);
  },
);

test("a merge that is proved again brings back those before it", async () => {
  const life = await givenUp();
  for (let round = 0; round < 40; round++) await life.pass(SCAN_MS);
  life.github.outage = null;
  life.merge(2);
  life.deliverMerge(2, "two");
  for (let round = 0; round < 4; round++) await life.pass();
  expect(life.github.posts).toHaveLength(2);
});

test("it comes back so many times, and not for ever", async () => {
  const life = await givenUp();
  const locate = life.github.locate.bind(life.github);
  life.github.outage = null;
  // Merges are listed, and yet nothing can be proved.
  life.github.locate = () => Promise.resolve(GONE);
  for (let round = 0; round < 200; round++) await life.pass(SCAN_MS / 10);
  expect(states(life)).toEqual(Array.from({ length: 5 }, () => "exhausted"));
  life.github.locate = locate;
  for (let round = 0; round < 200; round++) await life.pass(SCAN_MS / 10);
  expect(life.github.posts).toHaveLength(0);
});

test("what a person has repeated meanwhile does not come back beside it", async () => {
  const life = await givenUp();
  const [old] = life.rows();
  life.github.outage = null;
  await life.order({ kind: "pull", pullRequest: 1 });
  for (let round = 0; round < 4; round++) await life.pass();
  expect(life.github.posts).toHaveLength(1);
  for (let round = 0; round < 4; round++) await life.passToScan();
  expect(life.github.posts).toHaveLength(1);
  expect(life.rows().filter(({ key }) => key === old?.key)).toHaveLength(1);
});

test("what is older than the retention time stays given up", async () => {
  const life = await givenUp();
  life.now += 91 * DAY;
  life.github.outage = null;
  for (let round = 0; round < 3; round++) await life.passToScan();
  expect(states(life)).toEqual(["exhausted"]);
});

test("what GitHub showed and did not start is no matter of seeing it", async () => {
  const life = new Life();
  life.merge(1);
  for (let fate = 0; fate < 20; fate++) life.github.fates.push("lose-before");
  life.deliverMerge(1, "one");
  for (let round = 0; round < 30; round++) await life.pass(20_000);
  expect(states(life)).toEqual(["exhausted"]);
  const posts = life.github.posts.length;
  for (let round = 0; round < 4; round++) await life.passToScan();
  expect(life.github.posts).toHaveLength(posts);
});

test("a run in doubt is left to a person", async () => {
  const life = new Life();
  life.github.showsIds = false;
  life.merge(1);
  life.github.fates.push("lose-after");
  life.deliverMerge(1, "one");
  for (let round = 0; round < 30; round++) await life.pass(20_000);
  expect(life.rows()[0]).toMatchObject({ state: "exhausted", reason: "run-in-doubt" });
  for (let round = 0; round < 4; round++) await life.passToScan();
  expect(states(life)).toEqual(["exhausted"]);
});
