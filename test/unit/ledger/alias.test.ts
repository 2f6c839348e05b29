/** A merge and its push are two events with an id each; whoever has kept either finds the dispatch. */
import { describe, expect, test } from "vitest";
import { shaOf } from "../../worker/fake-github.ts";
import { cancel } from "../../../src/ledger/cancel.ts";
import { prune } from "../../../src/ledger/prune.ts";
import { readDispatch } from "../../../src/ledger/read.ts";
import { replay } from "../../../src/ledger/replay.ts";
import { takeReceipt } from "../../../src/ledger/take-receipt.ts";
import { Life } from "./life.ts";

const ACTOR = { id: 1, login: "octocat" };
const DAY = 86_400_000;
const PUSH = { kind: "push", branch: "main", sha: shaOf(1) } as const;

/** A merge and its push, held, with the ids that anybody could have read by then. */
async function heldLife(): Promise<{ life: Life; ids: string[] }> {
  const life = new Life();
  life.github.configure("version: 1\nroutes:\n  - on: [merge, push]\n");
  life.merge(1);
  life.pause();
  life.deliverMerge(1, "merge");
  life.deliver(PUSH, "push");
  await life.pass();
  const ids = life.rows().map(({ id }) => id);
  expect(ids).toHaveLength(2);
  return { life, ids };
}

async function metLife(): Promise<{ life: Life; gone: string; stayed: string }> {
  const { life, ids } = await heldLife();
  life.resume();
  await life.settle();
  const [row, ...others] = life.rows();
  expect(others).toEqual([]);
  const stayed = row?.id ?? "";
  return { life, stayed, gone: ids.find((id) => id !== stayed) ?? "" };
}

describe("the id that was taken in by another dispatch", () => {
  test("leads to that dispatch", async () => {
    const { life, gone, stayed } = await metLife();
    expect(gone).not.toBe("");
    expect(readDispatch(life.store, gone)).toMatchObject({ id: stayed, state: "dispatched" });
    expect(readDispatch(life.store, gone)).toEqual(readDispatch(life.store, stayed));
  });

  test("is replayed and cancelled as that dispatch", async () => {
    const { life, gone, stayed } = await metLife();
    expect(await cancel(life.desk(), gone, ACTOR)).toMatchObject({ dispatch: { id: stayed } });
    expect(life.github.cancelled).toEqual([life.rows()[0]?.runId]);
    const by = {
      actor: ACTOR,
      reason: null,
      via: "api",
      dryRun: false,
      idempotency: null,
    } as const;
    const answer = await replay(life.desk(), gone, by);
    expect(answer).toMatchObject({ kind: "taken", dispatches: [{ id: stayed }] });
  });

  test("takes the receipt of that dispatch's run", async () => {
    const { life, gone, stayed } = await metLife();
    const run = {
      runId: life.rows()[0]?.runId ?? 0,
      repositoryId: life.github.repository.id,
      workflow: "publish-image.yml",
    };
    const digest = `sha256:${"0".repeat(64)}`;
    const receipt = { image: "ghcr.io/acme/app", digest, tags: [], platforms: [] };
    expect(takeReceipt(life.store, gone, { run, receipt, nowMs: life.now })).toBe(true);
    expect(readDispatch(life.store, stayed)?.receipt).toEqual(receipt);
  });

  test("of a verdict that was given before leads to the first one", async () => {
    const life = new Life();
    life.github.configure("version: 1\nroutes:\n  - labels: { any: [publish] }\n");
    life.merge(1);
    life.deliverMerge(1, "first");
    await life.pass();
    const [first] = life.rows();
    life.deliverMerge(1, "second");
    life.pause();
    await life.pass();
    const [second] = life.rows();
    life.resume();
    await life.pass();
    expect(life.rows()).toHaveLength(1);
    expect(readDispatch(life.store, second?.id ?? "")).toMatchObject({ id: first?.id });
  });

  test("is forgotten with the rest when its time is over", async () => {
    const { life, gone } = await metLife();
    life.now += 91 * DAY;
    prune(life.desk());
    expect(readDispatch(life.store, gone)).toBeNull();
  });
});
