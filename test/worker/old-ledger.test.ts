/** A ledger with a long past: what one round of the alarm reads does not grow with it. */
import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, test } from "vitest";
import { prune } from "../../src/ledger/prune.ts";
import { nextBatch } from "../../src/ledger/index/index-batch.ts";
import { nextDueAt, runDue } from "../../src/ledger/runner.ts";
import { Store } from "../../src/ledger/store.ts";
import { Room } from "./ledger-room.ts";

const DAY = 86_400_000;
const OLD_ROWS = 100_000;

/** A store that counts the rows which its questions read. */
function countingStore({ sql }: DurableObjectStorage) {
  let rows = 0;
  const exec = (...parts: Parameters<SqlStorage["exec"]>) => {
    const found = sql.exec(...parts);
    const all = found.toArray();
    rows += found.rowsRead;
    return Object.assign(all, { rowsWritten: found.rowsWritten });
  };
  return { store: new Store({ exec } as unknown as SqlStorage), rowsRead: () => rows };
}

/** One finished merge, and copies of it over the last eighty days. */
async function oldRoom(): Promise<Room> {
  const room = new Room();
  room.github.merge(1);
  await room.takeMerge(1);
  await room.passRounds(3);
  for (const { id } of room.github.runs) {
    room.github.setRun(id, { status: "completed", conclusion: "success" });
  }
  await room.pass(60_000);
  await room.within((_, { storage: { sql } }) => {
    const columns = [
      ...sql.exec<{ name: string }>("SELECT name FROM pragma_table_info('dispatches')"),
    ];
    const own = ["id", "key", "created_at", "finished_at"];
    const rest = columns.map(({ name }) => name).filter((name) => !own.includes(name));
    const cells = rest.join(", ");
    sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${OLD_ROWS})
       INSERT INTO dispatches (id, key, created_at, finished_at, ${cells})
       SELECT d.id || '-' || n.i, 'old/' || n.i, d.created_at, d.finished_at, ${rest.map((name) => `d.${name}`).join(", ")}
       FROM n, (SELECT * FROM dispatches LIMIT 1) d`,
    );
    sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${OLD_ROWS})
       INSERT INTO deliveries (guid, event, received_at, claim, pending)
       SELECT 'old-' || n.i, 'push', ${room.now}, NULL, 0 FROM n`,
    );
    sql.exec("DELETE FROM outbox");
  });
  return room;
}

test("a hundred thousand old rows: a round with a merge, its pruning and its telling read few", async () => {
  const room = await oldRoom();
  room.github.merge(2);
  await room.takeMerge(2);
  const read = await room.within(async (_, { storage }) => {
    const { store, rowsRead } = countingStore(storage);
    const desk = room.context(store);
    await runDue(desk, () => undefined);
    nextDueAt(desk);
    const round = rowsRead();
    store.setMeta("pruned_at", "0");
    prune(desk);
    const pruning = rowsRead() - round;
    nextBatch(store, room.now);
    return { round, pruning, telling: rowsRead() - round - pruning };
  });
  console.log(`rows read: ${JSON.stringify(read)}`);
  expect(read.round).toBeLessThan(500);
  expect(read.pruning).toBeLessThan(500);
  expect(read.telling).toBeLessThan(500);
  expect(room.github.posts).toHaveLength(2);
}, 60_000);

test("two thousand dispatches under way or held: telling the index reads few, and says a hundred", async () => {
  const room = new Room();
  room.github.merge(1);
  await room.takeMerge(1);
  await room.passRounds(3);
  const told = await room.within((_, { storage }) => {
    const columns = [
      ...storage.sql.exec<{ name: string }>("SELECT name FROM pragma_table_info('dispatches')"),
    ].map(({ name }) => name);
    for (const [state, due] of [
      ["held", "NULL"],
      ["waiting", room.now + DAY],
    ]) {
      const other: Record<string, string> = {
        id: `'${state}-' || n.i`,
        key: `'${state}/' || n.i`,
        state: `'${state}'`,
        due_at: String(due),
      };
      storage.sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
         INSERT INTO dispatches (${columns.join(", ")})
         SELECT ${columns.map((name) => other[name] ?? `d.${name}`).join(", ")}
         FROM n, (SELECT * FROM dispatches LIMIT 1) d`,
      );
    }
    const { store, rowsRead } = countingStore(storage);
    store.setMeta("index_stale", "true");
    const before = rowsRead();
    const open = nextBatch(store, room.now)?.ledger.open;
    return { open, rows: rowsRead() - before };
  });
  expect(told.open).toBe(100);
  expect(told.rows).toBeLessThan(200);
});

test("what was pruned is still not dispatched a second time", async () => {
  const room = new Room();
  room.github.merge(1);
  await room.takeMerge(1);
  await room.passRounds(3);
  for (const { id } of room.github.runs) {
    room.github.setRun(id, { status: "completed", conclusion: "success" });
  }
  await room.pass(60_000);
  await room.pass(room.settings.retentionMs + DAY);
  const { deliveries, history } = await room.within((store, { storage: { sql } }) => ({
    deliveries: sql.exec("SELECT guid FROM deliveries").toArray().length,
    history: sql.exec("SELECT at FROM history").toArray().length,
  }));
  expect({ deliveries, history }).toEqual({ deliveries: 0, history: 0 });
  await room.takeMerge(1);
  await room.passRounds(4);
  expect(room.github.posts).toHaveLength(1);
});

test("the alarm comes again soon while old deliveries are left", async () => {
  const room = new Room();
  await room.within((_, { storage: { sql } }) =>
    sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
       INSERT INTO deliveries (guid, event, received_at, claim, pending)
       SELECT 'old-' || n.i, 'push', 0, NULL, 0 FROM n`,
    ),
  );
  const stub = env.REPOSITORY_LEDGER.getByName(String(room.id));
  const left = async (): Promise<{ deliveries: number; alarm: number }> =>
    room.within(async (_, { storage }) => ({
      deliveries: storage.sql.exec("SELECT guid FROM deliveries").toArray().length,
      alarm: ((await storage.getAlarm()) ?? Number.POSITIVE_INFINITY) - Date.now(),
    }));
  await room.within((_, { storage }) => storage.setAlarm(Date.now() + DAY));
  await runDurableObjectAlarm(stub);
  const once = await left();
  expect(once.deliveries).toBe(300);
  expect(once.alarm).toBeLessThan(10_000);
  await room.within((store) => store.setMeta("pruned_at", "0"));
  // The object remembers its own time.
  await evictDurableObject(stub);
  await runDurableObjectAlarm(stub);
  expect((await left()).deliveries).toBe(100);
});
