import { describe, expect, test } from "vitest";
import { runDue } from "../../src/ledger/runner.ts";
import { LATER, shaOf } from "./fake-github.ts";
import { POLL_MS, Room, SETTLE_MS } from "./ledger-room.ts";

function mergedRoom(): Room {
  const room = new Room();
  room.github.merge(7);
  return room;
}

describe("one merge", () => {
  test("becomes one dispatch with machine-made inputs, and outlives the process", async () => {
    const room = mergedRoom();
    expect(await room.takeMerge()).toEqual({ outcome: "accepted" });
    await room.restart();
    await room.pass();
    const dispatch = await room.dispatch();
    expect(dispatch).toMatchObject({
      state: "dispatched",
      route: "image",
      generation: 1,
      sha: shaOf(7),
      branch: "main",
      pull_request: 7,
    });
    expect(dispatch.history.map(({ state }) => state)).toEqual([
      "queued",
      "proving",
      "dispatching",
      "dispatched",
    ]);
    expect(room.github.posts).toEqual([
      {
        repository: "acme/app",
        request: {
          workflow: "publish-image.yml",
          ref: "main",
          inputs: { dispatch_id: dispatch.id, sha: shaOf(7), branch: "main", pr: "7" },
        },
      },
    ]);
  });

  test("is dispatched once, however often the same GUID comes", async () => {
    const room = mergedRoom();
    await room.takeMerge(7, "guid");
    expect(await room.takeMerge(7, "guid")).toEqual({ outcome: "duplicate" });
    await room.pass();
    expect(await room.takeMerge(7, "guid")).toEqual({ outcome: "duplicate" });
    await room.passRounds(3);
    expect(room.github.posts).toHaveLength(1);
  });

  test("is dispatched once, however many GUIDs it comes with", async () => {
    const room = mergedRoom();
    await room.takeMerge();
    await room.takeMerge();
    await room.pass();
    await room.takeMerge();
    await room.passRounds(3);
    expect(room.github.posts).toHaveLength(1);
    await room.dispatch();
  });

  test.each(["merge first", "push first", "together"])(
    "and its push meet at one key: %s",
    async (order) => {
      const room = mergedRoom();
      room.github.configure("version: 1\nroutes:\n  - on: [merge, push]\n");
      const push = { kind: "push", branch: "main", sha: shaOf(7) } as const;
      const events = [() => room.takeMerge(), () => room.claim(push)];
      for (const event of order === "push first" ? events.toReversed() : events) {
        await event();
        if (order !== "together") await room.pass();
      }
      await room.passRounds(2);
      expect(room.github.posts).toHaveLength(1);
      expect(await room.dispatch()).toMatchObject({ pull_request: 7, sha: shaOf(7) });
    },
  );

  test("with two routes becomes two dispatches, and no more after a crash between them", async () => {
    const room = mergedRoom();
    room.github.configure(
      "version: 1\nroutes:\n  - name: app\n    image: ghcr.io/acme/app\n  - name: docs\n    workflow: docs.yml\n",
    );
    await room.takeMerge();
    await crashDuringPost(room);
    await room.passRounds(6);
    const routes = (await room.dispatches()).map(({ route }) => route);
    expect(new Set(routes)).toEqual(new Set(["app", "docs"]));
    expect(room.github.posts.map(({ request }) => request.workflow)).toEqual([
      "publish-image.yml",
      "docs.yml",
    ]);
    expect(room.github.posts[0]?.request.inputs).toHaveProperty("image", "ghcr.io/acme/app");
  });

  test("that no route takes is recorded with the rules that were tried", async () => {
    const room = mergedRoom();
    room.github.configure("version: 1\nroutes:\n  - labels: { any: [publish] }\n");
    await room.takeMerge();
    await room.pass();
    const { state, reason, trace } = await room.dispatch();
    expect([state, reason]).toEqual(["skipped", "no-route"]);
    expect(trace.at(-1)).toMatchObject({ rule: "labels", passed: false });
    expect(trace.at(-1)?.change).toContain("publish");
  });

  test("that GitHub denies is doubted twice, then rejected", async () => {
    const room = new Room();
    await room.takeMerge();
    await room.pass();
    expect(await room.dispatch()).toMatchObject({ state: "waiting" });
    await room.passRounds(1);
    expect(await room.dispatch()).toMatchObject({ state: "waiting" });
    await room.passRounds(1);
    const { state, reason, remedy } = await room.dispatch();
    expect([state, reason]).toEqual(["rejected", "merge-not-confirmed"]);
    expect(remedy).toContain("#7");
    expect(room.github.posts).toHaveLength(0);
  });

  test("that GitHub confirms at the second look is dispatched", async () => {
    const room = new Room();
    await room.takeMerge();
    await room.pass();
    room.github.merge(7);
    await room.passRounds(1);
    expect(await room.dispatch()).toMatchObject({ state: "dispatched" });
  });

  test.each([
    ["a commit that the branch does not hold", { mergeCommitSha: "f".repeat(40) }],
    ["another repository's pull request", { baseRepositoryId: 1 }],
  ])("of %s never leaves", async (_, change) => {
    const room = mergedRoom();
    room.github.pulls.set(7, { ...room.github.pulls.get(7)!, ...change });
    await room.takeMerge();
    await room.passRounds(5);
    expect(await room.dispatch()).toMatchObject({ state: "rejected" });
    expect(room.github.posts).toHaveLength(0);
  });
});

/** Starts a round and lets the process die while GitHub has the POST and has not answered. */
async function crashDuringPost(room: Room): Promise<void> {
  const { github } = room;
  const arrived = new Promise<void>((resolve) => {
    github.beforeAnswer = () => {
      resolve();
      return new Promise(() => undefined);
    };
  });
  await room.within((store) =>
    Promise.race([runDue(room.context(store), () => undefined), arrived]),
  );
  github.beforeAnswer = () => Promise.resolve();
  await room.restart();
}

describe("a dispatch that GitHub does not take now", () => {
  test("waits, each time longer, and is exhausted in the end", async () => {
    const room = mergedRoom();
    room.github.fates.push(LATER, LATER, LATER);
    await room.takeMerge();
    await room.pass();
    expect((await room.dueAt())! - room.now).toBe(750);
    await room.passRounds(1);
    expect((await room.dueAt())! - room.now).toBe(1_500);
    await room.passRounds(1);
    expect(await room.dispatch()).toMatchObject({ state: "exhausted", reason: "status-502" });
    expect(await room.dueAt()).toBeNull();
  });

  test("waits until the time that GitHub named", async () => {
    const room = mergedRoom();
    const notBeforeMs = room.now + 90_000;
    room.github.fates.push({ kind: "later", notBeforeMs, cause: "rate-limited" });
    await room.takeMerge();
    await room.pass();
    expect(await room.dueAt()).toBe(notBeforeMs);
    await room.pass(89_999);
    expect(room.github.posts).toHaveLength(1);
    await room.pass(1);
    expect(await room.dispatch()).toMatchObject({ state: "dispatched" });
  });

  test("is revived by the same GUID, as generation 2, once", async () => {
    const room = mergedRoom();
    room.github.fates.push(LATER, LATER, LATER);
    await room.takeMerge(7, "guid");
    await room.passRounds(3);
    expect(await room.takeMerge(7, "guid")).toEqual({ outcome: "accepted" });
    await room.pass();
    const views = await room.dispatches();
    expect(views.map(({ generation, state }) => [generation, state])).toEqual([
      [1, "exhausted"],
      [2, "dispatched"],
    ]);
    expect(await room.takeMerge(7, "guid")).toEqual({ outcome: "duplicate" });
  });

  test("is revived for the exhausted route alone", async () => {
    const room = mergedRoom();
    room.github.configure("version: 1\nroutes:\n  - name: app\n  - name: docs\n");
    room.github.fates.push(LATER, "accept", LATER, LATER);
    await room.takeMerge(7, "guid");
    await room.passRounds(3);
    expect(await room.takeMerge(7, "guid")).toEqual({ outcome: "accepted" });
    await room.pass();
    const views = await room.dispatches();
    const told = views.map(({ route, generation, state }) => `${route} ${generation} ${state}`);
    expect(told).toHaveLength(3);
    expect(new Set(told)).toEqual(
      new Set(["app 1 exhausted", "app 2 dispatched", "docs 1 dispatched"]),
    );
  });

  test("is proved anew when GitHub was silent while it was proved", async () => {
    const room = mergedRoom();
    room.github.outage = LATER;
    await room.takeMerge();
    await room.pass();
    expect(await room.dispatch()).toMatchObject({ state: "waiting", attempts: 1 });
    room.github.outage = null;
    await room.passRounds(1);
    expect(await room.dispatch()).toMatchObject({ state: "dispatched", attempts: 0 });
  });

  test("is refused with the reason and its remedy", async () => {
    const room = mergedRoom();
    const remedy = "Declare the inputs.";
    room.github.fates.push({ kind: "refused", reason: "inputs-refused", remedy, status: 422 });
    await room.takeMerge();
    await room.pass();
    expect(await room.dispatch()).toMatchObject({
      state: "rejected",
      reason: "inputs-refused",
      remedy,
    });
  });
});

describe("a dispatch whose answer is lost", () => {
  test("is found by its id, and not sent again", async () => {
    const room = mergedRoom();
    room.github.fates.push("lose-after");
    await room.takeMerge();
    await room.pass();
    expect(await room.dispatch()).toMatchObject({ state: "unknown" });
    await room.passRounds(1);
    expect(await room.dispatch()).toMatchObject({ state: "dispatched", run_id: 5001 });
    expect(room.github.posts).toHaveLength(1);
  });

  test("is not sent again on a list that came too soon", async () => {
    const room = mergedRoom();
    room.github.fates.push("lose-after");
    room.github.listsRuns = false;
    await room.takeMerge();
    await room.pass();
    const { id } = await room.dispatch();
    // Woken before its time, as by a run event.
    room.now += SETTLE_MS - 1;
    await room.take({ kind: "run", runId: 1, dispatchIds: [id] });
    await room.pass();
    expect(await room.dispatch()).toMatchObject({ state: "unknown" });
    expect(await room.dueAt()).toBe(room.now + 1);
    expect(room.github.posts).toHaveLength(1);
  });

  test("is sent again exactly once when a late list shows no run", async () => {
    const room = mergedRoom();
    room.github.fates.push("lose-before");
    await room.takeMerge();
    await room.pass();
    await room.pass(SETTLE_MS);
    await room.pass(SETTLE_MS);
    expect(room.github.posts).toHaveLength(2);
    expect(room.github.runs).toHaveLength(1);
    expect(await room.dispatch()).toMatchObject({ state: "dispatched", generation: 1 });
  });

  test("is not sent again as long as no list is to be had", async () => {
    const room = mergedRoom();
    room.github.fates.push("lose-before");
    await room.takeMerge();
    await room.pass();
    room.github.outage = LATER;
    await room.passRounds(20);
    expect(await room.dispatch()).toMatchObject({ state: "unknown" });
    expect(room.github.posts).toHaveLength(1);
  });

  test("by a crash is looked for, and not sent again", async () => {
    const room = mergedRoom();
    await room.takeMerge();
    await crashDuringPost(room);
    expect(await room.dispatch()).toMatchObject({ state: "dispatching" });
    await room.pass();
    expect(await room.dispatch()).toMatchObject({ state: "unknown" });
    await room.pass(SETTLE_MS);
    expect(await room.dispatch()).toMatchObject({ state: "dispatched", run_id: 5001 });
    expect(room.github.posts).toHaveLength(1);
  });
});

describe("policy", () => {
  test("observe mode decides and records, and sends nothing", async () => {
    const room = mergedRoom();
    room.settings = { ...room.settings, policy: { allowedOwners: [], observe: true } };
    await room.takeMerge();
    await room.passRounds(3);
    expect(await room.dispatch()).toMatchObject({ state: "skipped", reason: "observe-mode" });
    expect(room.github.posts).toHaveLength(0);
  });

  test("a paused repository's dispatches are held, not lost", async () => {
    const room = mergedRoom();
    await room.within((store) => store.setMeta("paused", "true"));
    await room.takeMerge();
    await room.passRounds(3);
    expect(await room.dispatch()).toMatchObject({ state: "held", reason: "paused" });
    expect(await room.dueAt()).toBeNull();
    expect(room.github.posts).toHaveLength(0);
  });

  test.each<[string, string | null]>([
    ["accept: [acme/app]\n", null],
    ["accept: [acme/other]\n", "builder-not-accepting"],
  ])("a builder whose file says %j", async (accept, reason) => {
    const room = mergedRoom();
    const builder = { ...room.github.repository, id: room.id + 100_000, name: "builder" };
    room.github.add(builder);
    room.github.configure("version: 1\nroutes:\n  - builder: acme/builder\n");
    room.github.configure(`version: 1\n${accept}`, builder);
    await room.takeMerge();
    await room.pass();
    const { id, state, reason: given } = await room.dispatch();
    expect([state, given]).toEqual([reason === null ? "dispatched" : "rejected", reason]);
    expect(room.announced).toEqual(reason === null ? [[builder.id, id]] : []);
    const [post] = room.github.posts;
    expect(post?.repository).toBe(reason === null ? "acme/builder" : undefined);
    if (post) expect(post.request.inputs).toHaveProperty("repository", "acme/app");
  });
});

async function runningRoom(fate: "accept" | "accept-without-id" = "accept"): Promise<Room> {
  const room = mergedRoom();
  room.github.fates.push(fate);
  await room.takeMerge();
  await room.pass();
  return room;
}

describe("a run", () => {
  test.each([
    ["success", "succeeded", null],
    ["failure", "failed", "run-failure"],
    ["timed_out", "failed", "run-timed-out"],
    ["cancelled", "cancelled", "run-cancelled"],
  ])("that ends with %s leaves the dispatch %s", async (conclusion, state, reason) => {
    const room = await runningRoom();
    room.github.setRun(5001, { status: "in_progress" });
    await room.pass(POLL_MS);
    expect(await room.dispatch()).toMatchObject({ state: "running" });
    room.github.setRun(5001, { status: "completed", conclusion });
    await room.pass(POLL_MS);
    expect(await room.dispatch()).toMatchObject({ state, reason });
    // Only a success is looked at once more: for its receipt.
    const due = await room.dueAt();
    expect(due).toBe(state === "succeeded" ? room.now + 600_000 : null);
  });

  test("that failed of a cause that passes by itself has its failed jobs run again, once", async () => {
    const room = await runningRoom();
    room.diagnosis = { ...room.diagnosis, cause: "registry-unavailable", retryable: true };
    room.github.setRun(5001, { status: "completed", conclusion: "failure" });
    await room.pass(POLL_MS);
    expect(await room.dispatch()).toMatchObject({ state: "dispatched" });
    // GitHub may still show the attempt that has failed; it is not a second failure.
    await room.pass(POLL_MS);
    expect(room.github.reruns).toEqual([5001]);
    expect(await room.dispatch()).toMatchObject({ state: "dispatched" });

    room.github.setRun(5001, { status: "completed", conclusion: "failure", attempt: 2 });
    await room.pass(POLL_MS);
    expect(room.github.reruns).toEqual([5001]);
    const dispatch = await room.dispatch();
    expect(dispatch).toMatchObject({ state: "failed", reason: "registry-unavailable" });
    const causes = dispatch.history.map(({ cause }) => cause);
    expect(causes).toContain("failed jobs run again: registry-unavailable");
  });

  test("is looked at as soon as its event comes, and the event is not believed", async () => {
    const room = await runningRoom();
    room.github.setRun(5001, { status: "in_progress" });
    expect(await room.take({ kind: "run", runId: 5001, dispatchIds: [] })).toEqual({
      outcome: "accepted",
    });
    await room.pass();
    expect(await room.dispatch()).toMatchObject({ state: "running" });
  });

  test("that GitHub denies three times is gone", async () => {
    const room = await runningRoom();
    room.github.runs = [];
    await room.pass(POLL_MS);
    await room.pass(POLL_MS);
    expect(await room.dispatch()).toMatchObject({ state: "dispatched" });
    await room.pass(POLL_MS);
    expect(await room.dispatch()).toMatchObject({ state: "failed", reason: "run-gone" });
  });

  test("without an id in the answer is found by the dispatch's", async () => {
    const room = await runningRoom("accept-without-id");
    expect(await room.dispatch()).toMatchObject({ state: "dispatched", run_id: null });
    room.github.setRun(5001, { status: "completed", conclusion: "success" });
    await room.pass(POLL_MS);
    expect(await room.dispatch()).toMatchObject({ state: "succeeded", run_id: 5001 });
  });
});

describe("many at once", () => {
  test("are done in bounded batches, and all in the end", async () => {
    const room = new Room();
    for (let number = 1; number <= 20; number++) {
      room.github.merge(number);
      await room.takeMerge(number);
    }
    await room.pass();
    expect(room.github.posts).toHaveLength(8);
    await room.pass();
    await room.pass();
    expect(room.github.posts).toHaveLength(20);
  });

  test("one row that cannot be worked on does not hold up the others", async () => {
    const room = mergedRoom();
    room.github.merge(8);
    await room.takeMerge(7);
    await room.pass();
    await room.within((_, state) =>
      state.storage.sql.exec("UPDATE dispatches SET target = NULL, due_at = 1"),
    );
    await room.takeMerge(8);
    await room.pass();
    const states = (await room.dispatches()).map(({ pull_request, state }) => [
      pull_request,
      state,
    ]);
    expect(states).toContainEqual([8, "dispatched"]);
    expect(await room.dueAt()).toBeGreaterThan(room.now);
  });
});
