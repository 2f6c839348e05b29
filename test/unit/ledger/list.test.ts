import { expect, test } from "vitest";
import type { DispatchFilter } from "../../../src/domain/dispatch-view.ts";
import { listDispatches } from "../../../src/ledger/read.ts";
import { Life } from "./life.ts";

test("dispatches are listed of one route, page by page, or of all where none is named", async () => {
  const life = new Life();
  life.github.configure("version: 1\nroutes:\n  - name: app\n  - name: docs\n");
  for (const number of [1, 2]) {
    life.merge(number);
    life.deliverMerge(number, `delivery-${number}`);
    await life.pass(1);
  }
  const list = (about: Partial<DispatchFilter>) => {
    const all = { state: null, pullRequest: null, before: null, limit: 10 };
    return listDispatches(life.store, { ...all, ...about });
  };
  const pulls = (about: Partial<DispatchFilter>) => list(about).map((one) => one.pull_request);
  expect(pulls({ route: "docs" })).toEqual([2, 1]);
  expect(pulls({ route: "docs", pullRequest: 1 })).toEqual([1]);
  const [first] = list({ route: "app", limit: 1 });
  expect(pulls({ route: "app", before: first?.id ?? null })).toEqual([1]);
  expect(pulls({ route: "none" })).toEqual([]);
  expect(pulls({ route: null })).toHaveLength(4);
  // As a Worker of the version before asks.
  expect(pulls({})).toHaveLength(4);
});
