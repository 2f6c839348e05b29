/** What a comment tells of: found without a look at everything that the ledger keeps. */
import { expect, test, vi } from "vitest";
import { migrate } from "../../../src/ledger/schema.ts";
import { Store } from "../../../src/ledger/store.ts";
import { Life } from "./life.ts";
import { memoryStorage } from "./sqlite-storage.ts";

test("every dispatch of a pull request is found, whichever route it took", async () => {
  const life = new Life();
  life.github.configure("version: 1\nroutes:\n  - name: app\n  - name: docs\n");
  for (const number of [1, 2, 3]) {
    life.merge(number);
    life.deliverMerge(number, `delivery-${number}`);
    await life.pass(1);
  }
  const found = life.store.dispatchesOfPull(2, 10);
  expect(found.map(({ pullRequest, route }) => [pullRequest, route])).toEqual([
    [2, "docs"],
    [2, "app"],
  ]);
  expect(life.store.dispatchesOfPull(9, 10)).toEqual([]);
});

test("looks at a part of the ledger only, whether by pull request or by page", () => {
  const storage = memoryStorage();
  migrate(storage);
  const asked = vi.spyOn(storage.sql, "exec");
  const store = new Store(storage.sql);
  store.dispatchesOfPull(2, 10);
  store.listDispatches({ state: null, pullRequest: null, before: "mr-1", limit: 5 });
  const queries = asked.mock.calls
    .map(([query]) => query)
    .filter((query) => /ORDER BY id/.test(query));
  expect(queries).toHaveLength(2);
  for (const query of queries) {
    const plan = [...storage.sql.exec(`EXPLAIN QUERY PLAN ${query}`)].map(({ detail }) => detail);
    expect(plan).toEqual([
      expect.stringMatching(/SEARCH dispatches USING PRIMARY KEY \(id[<>]\?\)/),
    ]);
  }
});
