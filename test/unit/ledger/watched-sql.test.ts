/** Answers that are kept until their table is written. */
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { WatchedSql } from "../../../src/ledger/watched-sql.ts";
import { memoryStorage } from "./sqlite-storage.ts";

function twoTables() {
  const { sql } = memoryStorage();
  sql.exec("CREATE TABLE apples (id INTEGER PRIMARY KEY, due_at INTEGER)");
  sql.exec("CREATE TABLE pears (id INTEGER PRIMARY KEY, due_at INTEGER)");
  return { sql, watched: new WatchedSql(sql) };
}

const table = fc.constantFrom("apples", "pears");
const id = fc.integer({ min: 1, max: 4 });
const dueAt = fc.integer({ min: 0, max: 9 });
/** Every form of a write that the ledger knows. */
const write = fc.oneof(
  fc.tuple(table, id, dueAt).map(([name, ...cells]) => ({
    text: `INSERT OR REPLACE INTO ${name} (id, due_at) VALUES (?, ?)`,
    cells,
  })),
  fc.tuple(table, id, dueAt).map(([name, ...cells]) => ({
    text: `INSERT INTO ${name} (id, due_at) VALUES (?, ?) ON CONFLICT DO NOTHING`,
    cells,
  })),
  fc.tuple(table, dueAt, id).map(([name, ...cells]) => ({
    text: `UPDATE ${name} SET due_at = ? WHERE id = ?`,
    cells,
  })),
  fc.tuple(table, id).map(([name, ...cells]) => ({
    text: `\n  DELETE FROM ${name} WHERE id = ?`,
    cells,
  })),
);

test("whatever is written, a kept answer is what the tables say", () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
      const { sql, watched } = twoTables();
      const read = (name: string) => [...sql.exec(`SELECT * FROM ${name} ORDER BY id`)];
      const apples = watched.remember(["apples"], () => read("apples"));
      const both = watched.remember(["apples", "pears"], () => [read("apples"), read("pears")]);
      for (const { text, cells } of writes) {
        watched.exec(text, ...cells);
        expect(apples()).toEqual(read("apples"));
        expect(both()).toEqual([read("apples"), read("pears")]);
      }
    }),
  );
});

test("the answer is asked for again only after its own table was written", () => {
  const { watched } = twoTables();
  const ask = vi.fn<() => number>(() => 1);
  const kept = watched.remember(["apples"], ask);
  kept();
  kept();
  watched.exec("INSERT INTO pears (id, due_at) VALUES (1, 1)");
  watched.exec("SELECT * FROM apples");
  kept();
  expect(ask).toHaveBeenCalledTimes(1);
  watched.exec("DELETE FROM apples");
  kept();
  expect(ask).toHaveBeenCalledTimes(2);
});

test("a statement whose table cannot be told is not carried out", () => {
  const { sql, watched } = twoTables();
  const statement = "WITH one AS (SELECT 1) INSERT INTO apples SELECT 1, 1";
  expect(() => watched.exec(statement)).toThrow("neither a question nor a plain write");
  expect([...sql.exec("SELECT * FROM apples")]).toEqual([]);
});
