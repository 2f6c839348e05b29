/** Retention keeps up with a busy repository, a bounded part at a time. */
import { expect, test } from "vitest";
import { prune } from "../../../src/ledger/prune.ts";
import { runDue } from "../../../src/ledger/runner.ts";
import { Life } from "./life.ts";

const DAY = 86_400_000;
const MINUTE = 60_000;

const numbers = (end: number) =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${end})`;

/** One finished merge of long ago, 1,000 copies of it and 2,500 deliveries of its time. */
async function oldLife(): Promise<Life> {
  const life = new Life();
  life.merge(1);
  life.deliverMerge(1, "first");
  await life.pass();
  life.github.setRun(5001, { status: "completed", conclusion: "success" });
  await life.pass(MINUTE);
  const id = life.rows()[0]?.id ?? "";
  const columns = [
    ...life.sql.exec<{ name: string }>("SELECT name FROM pragma_table_info('dispatches')"),
  ]
    .map(({ name }) => name)
    .filter((name) => name !== "id" && name !== "key")
    .join(", ");
  life.sql.exec(
    `${numbers(1_000)} INSERT INTO dispatches (id, key, ${columns}) SELECT id || n.i, 'old/' || n.i, ${columns} FROM n, (SELECT * FROM dispatches)`,
  );
  life.sql.exec(
    `${numbers(1_000)} INSERT INTO history (dispatch_id, version, at, state, cause, actor) SELECT ? || n.i, 1, 0, 'queued', '', '' FROM n`,
    id,
  );
  life.sql.exec(
    `${numbers(2_500)} INSERT INTO deliveries (guid, event, received_at, claim, pending) SELECT 'old-' || n.i, 'push', ?, NULL, 0 FROM n`,
    life.now,
  );
  life.now += 91 * DAY;
  return life;
}

function count(life: Life, table: "deliveries" | "history"): number {
  return Number([...life.sql.exec(`SELECT count(*) AS n FROM ${table}`)][0]?.["n"]);
}

test("more than one part is taken soon after another, each bounded, until nothing is left", async () => {
  const life = await oldLife();
  const begin = life.now;
  let before = count(life, "deliveries");
  let parts = 0;
  for (let next = prune(life.desk()); next !== null; next = prune(life.desk())) {
    const left = count(life, "deliveries");
    expect(before - left).toBeLessThanOrEqual(200);
    before = left;
    parts += 1;
    expect(next).toBeGreaterThan(life.now);
    life.now = next;
  }
  expect(parts).toBeGreaterThan(10);
  expect(count(life, "deliveries")).toBe(0);
  expect(count(life, "history")).toBe(0);
  expect(life.now - begin).toBeLessThan(5 * MINUTE);
});

test("an alarm that comes in between is told when the next part is due", async () => {
  const life = await oldLife();
  const next = await runDue(life.desk(), () => undefined);
  expect(next).not.toBeNull();
  life.now += 1;
  expect(await runDue(life.desk(), () => undefined)).toBe(next);
});

test("a ledger without anything old wants no alarm for it", async () => {
  const life = new Life();
  life.merge(1);
  life.deliverMerge(1, "first");
  expect(await runDue(life.desk(), () => undefined)).toBeNull();
  life.now += MINUTE;
  expect(await runDue(life.desk(), () => undefined)).toBeNull();
});
