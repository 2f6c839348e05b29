import { describe, expect, test } from "vitest";
import type { OrderAnswer, ReplayOrder } from "../../src/domain/order.ts";
import { cancel } from "../../src/ledger/cancel.ts";
import { explain } from "../../src/ledger/explain.ts";
import { pause, resume, statusOf } from "../../src/ledger/pause.ts";
import { replay, replayMany } from "../../src/ledger/replay.ts";
import { LATER, shaOf } from "./fake-github.ts";
import { ACTOR, Room } from "./ledger-room.ts";

const PULL = { kind: "pull", pullRequest: 7 } as const;
const BY: ReplayOrder = {
  actor: ACTOR,
  reason: null,
  via: "api",
  dryRun: false,
  idempotency: null,
};
const EVERYTHING = {
  pullRequest: null,
  route: null,
  since: null,
  until: null,
  limit: 100,
  only: null,
};

function mergedRoom(): Room {
  const room = new Room();
  room.github.merge(7);
  return room;
}

function dispatchesOf(answer: OrderAnswer) {
  if (answer.kind !== "taken") throw new Error(`${answer.kind} instead of taken`);
  return answer.dispatches;
}

/** A room whose merge has run to its end. */
async function finishedRoom(conclusion = "success"): Promise<Room> {
  const room = mergedRoom();
  await room.takeMerge();
  await room.pass();
  for (const run of room.github.runs) {
    room.github.setRun(run.id, { status: "completed", conclusion });
  }
  await room.pass(60_000);
  return room;
}

describe("an order for a merged pull request", () => {
  test("that was never heard of is proved at once, dispatched once, and names who asked", async () => {
    const room = mergedRoom();
    const answer = await room.order(PULL, { reason: "the webhook was lost" });
    expect(dispatchesOf(answer)).toMatchObject([
      { state: "queued", route: "image", generation: 1, sha: shaOf(7), event: "api" },
    ]);
    expect(room.woken).toBe(1);
    await room.passRounds(1);
    const dispatch = await room.dispatch();
    expect(dispatch).toMatchObject({ state: "dispatched", actor: "octocat" });
    expect(dispatch.history[0]).toMatchObject({
      actor: "octocat",
      cause: "asked by hand: the webhook was lost",
    });
    expect(room.github.posts).toHaveLength(1);
  });

  test("that is under way is answered as it is", async () => {
    const room = mergedRoom();
    await room.takeMerge();
    await room.pass();
    const [known] = dispatchesOf(await room.order(PULL));
    expect(known).toMatchObject({ state: "dispatched", generation: 1 });
    await room.passRounds(2);
    expect(room.github.posts).toHaveLength(1);
  });

  test("that is over becomes a new generation", async () => {
    const room = await finishedRoom();
    expect(dispatchesOf(await room.order(PULL))).toMatchObject([{ generation: 2 }]);
    await room.pass();
    expect(room.github.posts).toHaveLength(2);
    expect(room.github.posts[1]?.request.inputs["sha"]).toBe(shaOf(7));
  });

  test("and the delivery that comes late make one dispatch", async () => {
    const room = mergedRoom();
    await room.order(PULL);
    await room.takeMerge();
    await room.passRounds(4);
    expect(room.github.posts).toHaveLength(1);
    await room.dispatch();
  });

  test("for one route leaves the others to the delivery", async () => {
    const room = mergedRoom();
    room.github.configure("version: 1\nroutes:\n  - name: app\n  - name: docs\n");
    await room.order(PULL, { route: "docs" });
    await room.pass();
    expect(room.github.posts).toHaveLength(1);
    await room.takeMerge();
    await room.passRounds(3);
    const routes = new Set((await room.dispatches()).map(({ route }) => route));
    expect(routes).toEqual(new Set(["app", "docs"]));
    expect(room.github.posts).toHaveLength(2);
  });

  test("only asks when it is a dry run", async () => {
    const room = mergedRoom();
    const answer = await room.order(PULL, { dryRun: true });
    expect(answer).toMatchObject({
      kind: "planned",
      plan: { verdict: "dispatch", sha: shaOf(7), routes: [{ route: "image" }] },
    });
    expect(await room.dispatches()).toEqual([]);
  });

  test("is refused with the trace where the policy says no", async () => {
    const room = new Room();
    room.github.merge(7, { merged: false });
    expect(await room.order(PULL)).toMatchObject({
      kind: "denied",
      plan: { verdict: "skipped", reason: "not-merged", trace: expect.any(Array) },
    });
    expect(await room.dispatches()).toEqual([]);
  });

  test("is refused for a route that there is not", async () => {
    const room = mergedRoom();
    const answer = await room.order(PULL, { route: "nothing" });
    expect(answer).toMatchObject({ kind: "denied", plan: { reason: "no-route" } });
  });

  test("is refused when the commit is another than the expected one", async () => {
    const room = mergedRoom();
    const answer = await room.order(PULL, { expectedSha: shaOf(8) });
    expect(answer).toEqual({ kind: "moved", sha: shaOf(7) });
    expect(await room.dispatches()).toEqual([]);
  });

  test("is denied with the remedy where GitHub does not let the relay see the proof", async () => {
    const room = mergedRoom();
    const remedy = "Accept the App's permissions.";
    room.github.outage = { kind: "refused", reason: "permission-missing", remedy, status: 403 };
    const plan = { verdict: "rejected", reason: "permission-missing", remedy };
    expect(await room.order(PULL)).toMatchObject({ kind: "denied", plan });
    const explained = await room.atDesk((desk) => explain(desk, 7));
    expect(explained).toMatchObject({ kind: "explained", explanation: plan });
    expect(await room.dispatches()).toEqual([]);
  });

  test("waits for nobody when GitHub is away", async () => {
    const room = mergedRoom();
    room.github.outage = LATER;
    expect(await room.order(PULL)).toMatchObject({ kind: "later" });
    expect(await room.dispatches()).toEqual([]);
  });

  test("is proved again before it leaves", async () => {
    const room = mergedRoom();
    await room.order(PULL);
    room.github.branchCommits.set("main", new Set());
    await room.passRounds(6);
    expect(await room.dispatch()).toMatchObject({ state: "rejected", reason: "not-on-branch" });
    expect(room.github.posts).toHaveLength(0);
  });
});

describe("a caller's key", () => {
  const key = { key: "583231:once", digest: "d1" };

  test("gets the same answer again, also when the first dispatch is over", async () => {
    const room = await finishedRoom();
    const [first] = dispatchesOf(await room.order(PULL, { idempotency: key }));
    const [again] = dispatchesOf(await room.order(PULL, { idempotency: key }));
    expect(again?.id).toBe(first?.id);
    expect(await room.dispatches()).toHaveLength(2);
  });

  test("is refused with another body", async () => {
    const room = mergedRoom();
    await room.order(PULL, { idempotency: key });
    const other = { ...key, digest: "d2" };
    expect(await room.order(PULL, { idempotency: other })).toEqual({ kind: "key-reused" });
  });

  test("makes one dispatch of two requests at once", async () => {
    const room = await finishedRoom();
    const answers = await Promise.all([
      room.order(PULL, { idempotency: key }),
      room.order(PULL, { idempotency: key }),
    ]);
    const ids = answers.flatMap(dispatchesOf).map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
  });
});

describe("a commit by hand", () => {
  test("needs no route that pushes start, but must be on a branch that the route allows", async () => {
    const room = mergedRoom();
    const commit = { kind: "commit", sha: shaOf(7), branch: "main" } as const;
    expect(dispatchesOf(await room.order(commit))).toMatchObject([
      { sha: shaOf(7), route: "image" },
    ]);
    const stranger = { kind: "commit", sha: shaOf(9), branch: "main" } as const;
    expect(await room.order(stranger)).toMatchObject({
      kind: "denied",
      plan: { reason: "not-on-branch" },
    });
  });

  test("and its merge meet at one key", async () => {
    const room = mergedRoom();
    await room.order({ kind: "commit", sha: shaOf(7), branch: "main" });
    await room.takeMerge();
    await room.passRounds(4);
    expect(room.github.posts).toHaveLength(1);
  });

  test("a tag needs a route for tags", async () => {
    const room = mergedRoom();
    room.github.tags.set("v1.0.0", shaOf(7));
    expect(await room.order({ kind: "tag", tag: "v1.0.0" })).toMatchObject({
      kind: "denied",
      plan: { reason: "no-route", tag: "v1.0.0" },
    });
  });
});

describe("an explanation", () => {
  test("tells today's verdict and what was done", async () => {
    const room = await finishedRoom();
    const answer = await room.atDesk((desk) => explain(desk, 7));
    expect(answer).toMatchObject({
      kind: "explained",
      explanation: {
        pull_request: 7,
        verdict: "dispatch",
        dispatches: [{ state: "succeeded", generation: 1 }],
      },
    });
  });

  test("of an open pull request names the merge that is missing, and tries the routes", async () => {
    const room = new Room();
    room.github.configure("version: 1\nroutes:\n  - labels: { any: [publish] }\n");
    room.github.merge(7, { merged: false });
    const answer = await room.atDesk((desk) => explain(desk, 7));
    if (answer.kind !== "explained") throw new Error(answer.kind);
    const { verdict, reason, trace } = answer.explanation;
    expect(verdict).toBe("skipped");
    expect(reason).toBe("not-merged");
    expect(trace.map(({ rule, passed }) => [rule, passed])).toEqual([
      ["owner-allowed", true],
      ["merge-confirmed", false],
      ["configuration", true],
      ["event", true],
      ["branch", true],
      ["labels", false],
    ]);
    expect(trace.filter(({ passed }) => !passed).every(({ change }) => change !== null)).toBe(true);
  });

  test("of a pull request that there is not says so", async () => {
    const room = new Room();
    expect(await room.atDesk((desk) => explain(desk, 4))).toEqual({ kind: "absent" });
  });
});

describe("a replay", () => {
  test("of a failed dispatch is a new generation of the same commit", async () => {
    const room = await finishedRoom("failure");
    const failed = await room.dispatch();
    const again = await room.atDesk((desk) => replay(desk, failed.id, BY));
    expect(dispatchesOf(again)).toMatchObject([{ generation: 2, sha: shaOf(7) }]);
    await room.pass();
    expect(room.github.posts).toHaveLength(2);
  });

  test("of one that is under way is answered as it is", async () => {
    const room = mergedRoom();
    await room.takeMerge();
    await room.pass();
    const { id } = await room.dispatch();
    const [known] = dispatchesOf(await room.atDesk((desk) => replay(desk, id, BY)));
    expect(known?.id).toBe(id);
  });

  test("of one that is under way is the same request under the same key, even when that one is over", async () => {
    const room = mergedRoom();
    await room.takeMerge();
    await room.pass();
    const { id } = await room.dispatch();
    const by = { ...BY, idempotency: { key: "again", digest: "one" } };
    const first = dispatchesOf(await room.atDesk((desk) => replay(desk, id, by)));
    room.github.setRun(room.github.runs[0]!.id, { status: "completed", conclusion: "success" });
    await room.pass(60_000);
    const second = dispatchesOf(await room.atDesk((desk) => replay(desk, id, by)));
    expect(second.map((each) => each.id)).toEqual(first.map((each) => each.id));
    const other = { ...by, idempotency: { key: "again", digest: "two" } };
    expect((await room.atDesk((desk) => replay(desk, id, other))).kind).toBe("key-reused");
    await room.passRounds(2);
    expect(room.github.posts).toHaveLength(1);
  });

  test("of a decision that no route took decides anew", async () => {
    const room = mergedRoom();
    room.github.workflowFacts = { kind: "absent" };
    await room.takeMerge();
    await room.pass();
    const skipped = await room.dispatch();
    expect(skipped.reason).toBe("no-workflow");
    const denied = await room.atDesk((desk) => replay(desk, skipped.id, BY));
    expect(denied).toMatchObject({ kind: "denied", plan: { reason: "no-workflow" } });
    room.github.workflowFacts = { kind: "present", state: "active" };
    const taken = await room.atDesk((desk) => replay(desk, skipped.id, BY));
    expect(dispatchesOf(taken)).toMatchObject([{ route: "image", generation: 1 }]);
  });

  test("by filter shows first and repeats then, each key once", async () => {
    const room = new Room();
    for (const number of [7, 8, 9]) room.github.merge(number);
    room.github.outage = LATER;
    for (const number of [7, 8, 9]) await room.takeMerge(number);
    await room.passRounds(9);
    room.github.outage = null;
    const filter = { ...EVERYTHING, states: ["exhausted" as const] };
    const dry = await room.atDesk((desk) => replayMany(desk, filter, { ...BY, dryRun: true }));
    // Made in the same millisecond, their ids have no order.
    const numbers = new Set(dispatchesOf(dry).map(({ pull_request: number }) => number));
    expect(numbers).toEqual(new Set([7, 8, 9]));
    expect(await room.dispatches()).toHaveLength(3);
    await room.atDesk((desk) => replayMany(desk, filter, BY));
    await room.atDesk((desk) => replayMany(desk, filter, BY));
    await room.passRounds(3);
    expect(room.github.posts).toHaveLength(3);
  });

  test("takes only what was named, and is not blind to what stands behind what was repeated", async () => {
    const room = new Room();
    for (const number of [7, 8, 9]) {
      room.github.merge(number);
      await room.takeMerge(number);
    }
    room.github.outage = LATER;
    await room.passRounds(9);
    room.github.outage = null;
    const filter = { ...EVERYTHING, states: ["exhausted" as const] };
    const [first, second] = (await room.dispatches()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const named = { ...filter, only: [first!.id] };
    const taken = await room.atDesk((desk) => replayMany(desk, named, BY));
    expect(dispatchesOf(taken)).toMatchObject([{ pull_request: first!.pull_request }]);
    expect(await room.dispatches()).toHaveLength(4);
    const narrow = { ...filter, limit: 1 };
    const next = await room.atDesk((desk) => replayMany(desk, narrow, { ...BY, dryRun: true }));
    expect(dispatchesOf(next).map(({ id }) => id)).toEqual([second!.id]);
  });
});

describe("replays by a filter that takes more than its limit", () => {
  test("come to all of them, asked again and again", async () => {
    const room = new Room();
    const numbers = [7, 8, 9];
    for (const number of numbers) room.github.merge(number);
    room.github.outage = LATER;
    for (const number of numbers) await room.takeMerge(number);
    await room.passRounds(9);
    room.github.outage = null;
    const filter = { ...EVERYTHING, states: ["exhausted" as const], limit: 1 };
    for (const _ of numbers) {
      await room.atDesk((desk) => replayMany(desk, filter, BY));
      await room.passRounds(2);
    }
    expect(room.github.posts).toHaveLength(3);
    expect(dispatchesOf(await room.atDesk((desk) => replayMany(desk, filter, BY)))).toEqual([]);
  });
});

test("a replay by filter of a push that no route takes starts nothing, and says so", async () => {
  const room = mergedRoom();
  room.github.configure("version: 1\nroutes:\n  - name: image\n    labels: { any: [publish] }\n");
  room.github.outage = LATER;
  const claim = { kind: "push", branch: "main", sha: shaOf(7) } as const;
  await room.claim(claim, "push-7");
  await room.passRounds(9);
  room.github.outage = null;
  const filter = { ...EVERYTHING, states: ["exhausted" as const] };
  const [asked] = dispatchesOf(await room.atDesk((desk) => replayMany(desk, filter, BY)));
  await room.passRounds(2);
  const kept = (await room.dispatches()).find(({ id }) => id === asked!.id);
  expect(kept).toMatchObject({ state: "skipped", reason: "no-route", actor: "octocat" });
  expect(room.github.posts).toEqual([]);
});

test("a replay that finds everything dispatched already keeps its record, and sends nothing", async () => {
  const room = mergedRoom();
  await room.order(PULL);
  await room.pass();
  await room.pass(1_000);
  room.github.outage = LATER;
  await room.takeMerge();
  await room.passRounds(9);
  room.github.outage = null;
  const filter = { ...EVERYTHING, states: ["exhausted" as const] };
  const [asked] = dispatchesOf(await room.atDesk((desk) => replayMany(desk, filter, BY)));
  expect(asked).toMatchObject({ route: null, state: "queued" });
  await room.passRounds(2);
  const kept = (await room.dispatches()).find(({ id }) => id === asked!.id);
  expect(kept).toMatchObject({ state: "skipped", reason: "no-route" });
  expect(room.github.posts).toHaveLength(1);
});

describe("a cancel", () => {
  test("before the dispatch has left ends it here", async () => {
    const room = mergedRoom();
    await room.takeMerge();
    room.github.outage = LATER;
    await room.pass();
    room.github.outage = null;
    const { id } = await room.dispatch();
    const answer = await room.atDesk((desk) => cancel(desk, id, ACTOR));
    expect(answer).toMatchObject({ kind: "cancelled", dispatch: { state: "cancelled" } });
    await room.passRounds(3);
    expect(room.github.posts).toHaveLength(0);
  });

  test("of a run asks GitHub, and ends when the run does", async () => {
    const room = mergedRoom();
    await room.takeMerge();
    await room.pass();
    const { id, run_id: runId } = await room.dispatch();
    expect(await room.atDesk((desk) => cancel(desk, id, ACTOR))).toMatchObject({
      kind: "cancelling",
    });
    expect(room.github.cancelled).toEqual([runId]);
    room.github.setRun(runId ?? 0, { status: "completed", conclusion: "cancelled" });
    await room.pass();
    expect(await room.dispatch()).toMatchObject({ state: "cancelled" });
  });

  test("comes too late for what is over", async () => {
    const room = await finishedRoom();
    const { id } = await room.dispatch();
    const answer = await room.atDesk((desk) => cancel(desk, id, ACTOR));
    expect(answer).toMatchObject({ kind: "not-now", dispatch: { state: "succeeded" } });
  });

  test("is not taken while nobody knows whether there is a run", async () => {
    const room = mergedRoom();
    room.github.fates.push("lose-after");
    await room.takeMerge();
    await room.pass();
    const { id } = await room.dispatch();
    const answer = await room.atDesk((desk) => cancel(desk, id, ACTOR));
    expect(answer).toMatchObject({ kind: "not-now", dispatch: { state: "unknown" } });
  });
});

describe("a paused repository", () => {
  test("holds what comes, loses nothing, and sends it once when it is resumed", async () => {
    const room = mergedRoom();
    await room.atDesk((desk) => pause(desk, ACTOR, "registry moves"));
    await room.takeMerge();
    await room.pass();
    expect(await room.dispatch()).toMatchObject({ state: "held", reason: "paused" });
    expect(await room.within(statusOf)).toMatchObject({
      paused: true,
      paused_by: "octocat",
      paused_reason: "registry moves",
      held: 1,
    });
    await room.atDesk((desk) => resume(desk, ACTOR));
    await room.pass();
    expect(await room.dispatch()).toMatchObject({ state: "dispatched", reason: null });
    expect(room.github.posts).toHaveLength(1);
    expect(await room.within(statusOf)).toMatchObject({ paused: false, paused_by: null, held: 0 });
  });
});
