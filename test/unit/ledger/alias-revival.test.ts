/** A merge that its push's dispatch took in is redelivered: what was given up there comes back. */
import { describe, expect, test } from "vitest";
import { standing } from "../../../src/ledger/visits.ts";
import { shaOf } from "../../worker/fake-github.ts";
import { Life } from "./life.ts";

const PUSH = { kind: "push", branch: "main", sha: shaOf(1) } as const;
const REFUSED = { kind: "later", notBeforeMs: null, cause: "status-502" } as const;

const states = (life: Life) => life.rows().map(({ state }) => state);

/** A merge without a record of its own: its push was first, and GitHub never took the dispatch. */
async function takenIn(): Promise<Life> {
  const life = new Life();
  life.github.configure("version: 1\nroutes:\n  - on: [merge, push]\n");
  life.merge(1);
  life.deliver(PUSH, "push");
  life.github.fates.push(...Array.from({ length: 4 }, () => REFUSED));
  await life.pass();
  life.deliverMerge(1, "merge");
  for (let round = 0; round < 8; round++) await life.pass(20_000);
  expect(states(life)).toEqual(["exhausted"]);
  return life;
}

describe("a redelivered merge that another claim's dispatch took in", () => {
  test.each(["merge", "merge again"])("brings it back once, by %s", async (guid) => {
    const life = await takenIn();
    for (const again of [guid, guid, "merge"]) {
      life.deliverMerge(1, again);
      await life.pass();
    }
    expect(states(life)).toEqual(["dispatched", "exhausted"]);
    const [revived, old] = life.rows();
    expect(revived).toMatchObject({ key: old?.key, generation: 2, delivery: guid, sha: shaOf(1) });
    expect(life.runs()).toEqual(new Map([[revived?.id, 1]]));
  });

  test("is told to the sweep as missing, and as done once it is dispatched", async () => {
    const life = await takenIn();
    expect(standing(life.store, "merge")).toBe("missing");
    life.deliverMerge(1, "merge");
    expect(standing(life.store, "merge")).toBe("open");
    await life.pass();
    expect(standing(life.store, "merge")).toBe("done");
  });

  test("leaves alone what may have a run", async () => {
    const life = await takenIn();
    life.sql.exec("UPDATE dispatches SET reason = 'run-in-doubt'");
    life.deliverMerge(1, "merge");
    life.deliverMerge(1, "another");
    for (let round = 0; round < 3; round++) await life.pass();
    expect(states(life)).toEqual(["exhausted"]);
    expect(standing(life.store, "merge")).toBe("done");
  });
});
