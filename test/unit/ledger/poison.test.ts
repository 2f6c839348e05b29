/** Damaged rows, as a bad disk or an older version may leave them: they come to grief alone. */
import { expect, test } from "vitest";
import { Life, SCAN_MS } from "./life.ts";

const MAINTAINS = {
  userId: 1,
  userType: "User",
  permission: "write",
  role: "maintain",
  maintains: true,
} as const;
const damages = ["{", "null", "{}", '"merge"', '{"kind":"comet"}'];

test.each(damages)(
  "a delivery whose claim is %s is put aside, and the one behind it is taken",
  async (claim) => {
    const life = new Life();
    life.merge(1);
    life.merge(2);
    life.deliverMerge(1, "first");
    life.sql.exec("UPDATE deliveries SET claim = ?", claim);
    life.now += 1;
    life.deliverMerge(2, "second");
    await life.pass();
    expect(life.rows()).toMatchObject([{ pullRequest: 2, state: "dispatched" }]);
    expect(life.store.pendingDeliveries(10)).toEqual([]);
    expect(life.bugs).toEqual(["delivery.bug"]);
    await life.pass();
    expect(life.bugs).toEqual(["delivery.bug"]);
    // The scan brings the merge back.
    await life.pass(SCAN_MS);
    await life.settle();
    expect([...life.runs().values()]).toEqual([1, 1]);
  },
);

/** When the damaged dispatch, that of #1, is looked at next. */
function damagedDueAt(life: Life): number {
  return life.rows().find(({ pullRequest }) => pullRequest === 1)?.dueAt ?? Number.NaN;
}

test.each(["claim", "target"])(
  "a dispatch whose %s is no JSON comes to grief alone, ever less often, and an operator hears of it once",
  async (column) => {
    const life = new Life();
    life.merge(1);
    life.merge(2);
    life.deliverMerge(1, "first");
    if (column === "target") await life.pass();
    else life.github.outage = { kind: "later", notBeforeMs: null, cause: "status-500" };
    await life.pass();
    life.sql.exec(`UPDATE dispatches SET ${column} = '{', due_at = ?`, life.now);
    life.github.outage = null;
    life.deliverMerge(2, "second");
    await life.pass();
    expect(life.rows()).toMatchObject([
      { pullRequest: 2, state: "dispatched" },
      { pullRequest: 1 },
    ]);
    expect(life.bugs).toEqual(["dispatch.bug"]);
    expect(life.alerts).toEqual([]);
    const waits: number[] = [];
    for (let round = 0; round < 12; round++) {
      const wait = damagedDueAt(life) - life.now;
      waits.push(wait / 60_000);
      await life.pass(wait - 1);
      expect(life.bugs).toHaveLength(round + 1);
      await life.pass(1);
      expect(life.bugs).toHaveLength(round + 2);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]);
    expect(life.alerts).toEqual(["dispatch.damaged"]);
  },
);

test.each(["claim", "target", "trace", "receipt", "diagnosis"])(
  "a dispatch whose %s is no JSON stops neither lists, orders, reports, the scan nor a replay of others",
  async (column) => {
    const life = new Life();
    for (const number of [1, 2]) {
      life.merge(number);
      life.deliverMerge(number, `merge-${number}`);
    }
    await life.pass();
    const damaged = life.rows().find(({ pullRequest }) => pullRequest === 1)!;
    life.sql.exec(`UPDATE dispatches SET ${column} = '{' WHERE id = ?`, damaged.id);
    for (const { id } of life.github.runs) {
      life.github.setRun(id, { status: "completed", conclusion: "success" });
    }
    life.merge(3);
    await life.pass(SCAN_MS);
    await life.passRounds(6);
    await life.order({ kind: "pull", pullRequest: 2 });
    await life.passRounds(6);
    const others = life.rows().filter(({ pullRequest }) => pullRequest !== 1);
    expect(others.map(({ state }) => state).toSorted()).toEqual([
      "dispatched",
      "dispatched",
      "succeeded",
    ]);
    life.replay();
    const told = life.github.checks.map(({ subject }) => subject.dispatchId);
    for (const { id } of others) expect(told).toContain(id);
  },
);

test.each(["{", "null", "{}", '{"kind":"comet"}'])(
  "a command that reads %s stops neither the command behind it nor a report",
  async (text) => {
    const life = new Life();
    life.github.people.set("octocat", MAINTAINS);
    life.merge(1);
    life.deliverMerge(1, "first");
    life.deliverCommand(1, 500);
    life.sql.exec("UPDATE commands SET command = ?", text);
    life.now += 1;
    life.deliverCommand(1, 501);
    for (let round = 0; round < 4; round++) await life.pass(100);
    expect(life.github.reactions).toMatchObject([{ commentId: 501, reaction: "eyes" }]);
    expect(life.github.checks.length).toBeGreaterThan(0);
    expect(life.bugs.length).toBeGreaterThan(0);
  },
);

test("a scan that meets a bug is put off and does not come again at once", async () => {
  const life = new Life();
  life.merge(1);
  life.deliverMerge(1, "first");
  await life.pass();
  life.github.mergedPulls = () => Promise.reject(new TypeError("a bug"));
  await life.pass(SCAN_MS);
  expect(life.bugs).toEqual(["scan.bug"]);
  expect(life.nextDueAt()).toBeGreaterThan(life.now);
});

test.each(["{", "null", '{"workflows":[{"file":1}]}', '{"workflows":[{"file":"a","builder":{}}]}'])(
  "a guess at what the next decision needs that reads %s is no guess",
  async (text) => {
    const life = new Life();
    life.merge(1);
    life.deliverMerge(1, "first");
    await life.pass();
    expect(life.store.meta("expected:merge")).toContain("publish-image.yml");
    life.store.setMeta("expected:merge", text);
    life.merge(2);
    life.deliverMerge(2, "second");
    await life.pass();
    expect([...life.runs().values()]).toEqual([1, 1]);
    expect(life.bugs).toEqual([]);
  },
);
