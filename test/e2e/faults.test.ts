import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FaultAction } from "../../src/simulator/faults.ts";
import type { LedgerRow, Place } from "./support/place.ts";
import { type Rig, startRig } from "./support/relay.ts";
import { waitFor } from "./support/wait-for.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ GITHUB_TIMEOUT_MS: "3000" });
});

afterAll(async () => {
  expect(rig.simulator.unknownRequests()).toEqual([]);
  await rig.close();
});

const DISPATCH = "/actions/workflows/publish-image.yml/dispatches";
const RUN_LIST = "/actions/workflows/publish-image.yml/runs";

const before = (action: FaultAction) => [`${name(action)} before it acts`, action] as const;
const after = (action: FaultAction) =>
  [`${name(action)} after it acted`, { ...action, when: "after" } as FaultAction] as const;

function name(action: FaultAction): string {
  return action.kind === "status" ? String(action.status) : action.kind;
}

const SERVER_ERRORS: FaultAction[] = [500, 502, 503, 504].map((status) => ({
  kind: "status",
  status,
}));
const BREAKS: FaultAction[] = [
  ...SERVER_ERRORS,
  { kind: "reset" },
  { kind: "hang" },
  { kind: "html-502" },
];

/** One finished dispatch of generation 1 that led to exactly one run. */
async function oneRun(place: Place): Promise<LedgerRow> {
  const [row, ...others] = await place.settled();
  expect(others).toEqual([]);
  expect(row).toMatchObject({ state: "succeeded", reason: null, generation: 1 });
  expect(place.dispatches()).toHaveLength(1);
  expect(place.dispatches()[0]).toMatchObject({
    runId: row!.run_id,
    inputs: { dispatch_id: row!.id },
  });
  return row!;
}

describe.concurrent("a dispatch that GitHub answers with", () => {
  test.each(BREAKS.map(before))(
    "%s is sent once more, after the run was not found",
    async (_, action) => {
      const place = rig.place();
      place.fault(DISPATCH, action, { times: 1 });
      place.merge();
      const row = await oneRun(place);
      expect(place.posts()).toHaveLength(2);
      expect(await place.states(row.id)).toContain("unknown");
      // The list that proves the absence was asked for after the settling time, the repeat after it.
      const [lost, repeated] = place.posts();
      const proof = place
        .requests()
        .findLast(({ path, time }) => path.endsWith(RUN_LIST) && time <= repeated!.time);
      expect(proof!.time - lost!.time).toBeGreaterThanOrEqual(400);
    },
  );

  test.each([
    ...BREAKS.map(after),
    ["truncate", { kind: "truncate" }],
    ["not-json", { kind: "not-json" }],
  ] as [string, FaultAction][])(
    "%s is never sent again: the run is found by its title",
    async (_, action) => {
      const place = rig.place();
      place.fault(DISPATCH, action, { times: 1 });
      place.merge();
      const row = await oneRun(place);
      expect(place.posts()).toHaveLength(1);
      expect(await place.states(row.id)).toContain("unknown");
    },
  );

  test("an answer slower than the timeout is not repeated either", async () => {
    const place = rig.place();
    place.fault(DISPATCH, { kind: "latency", ms: 3_600, when: "after" }, { times: 1 });
    place.merge();
    await oneRun(place);
    expect(place.posts()).toHaveLength(1);
  });

  test("silence, and a list of runs that is not to be had, is not repeated until the list is back", async () => {
    const place = rig.place();
    place.fault(DISPATCH, { kind: "reset" }, { times: 1 });
    const remove = place.fault(RUN_LIST, { kind: "status", status: 503 });
    place.merge();
    await waitFor("the first looks", () => failedLooks(place) >= 4);
    const [row] = await place.rows();
    expect(row).toMatchObject({ state: "unknown" });
    expect(place.posts()).toHaveLength(1);
    remove();
    await oneRun(place);
    expect(place.posts()).toHaveLength(2);
  });

  test("two lost answers in a row, of which the second one acted, is one run", async () => {
    const place = rig.place();
    place.fault(DISPATCH, { kind: "reset" }, { nth: 1 });
    place.fault(DISPATCH, { kind: "hang", when: "after" }, { nth: 1 });
    place.merge();
    await oneRun(place);
    expect(place.posts()).toHaveLength(2);
  });
});

function failedLooks(place: Place): number {
  return place
    .requests()
    .filter(({ path, answered }) => path.endsWith(RUN_LIST) && answered === 503).length;
}

const READS = {
  repository: "",
  "pull request": "/pulls/1",
  comparison: "/compare/.*",
  configuration: "/contents/.github/merge-relay.yml",
  workflow: "/actions/workflows/publish-image.yml",
};

describe.concurrent("a question of the proof", () => {
  const faults: FaultAction[] = [...BREAKS, { kind: "truncate" }, { kind: "not-json" }];
  const cases = Object.entries(READS).flatMap(([what, path]) =>
    faults.map((action) => [what, name(action), path, action] as const),
  );
  test.each(cases)(
    "(%s) met by %s is asked again, and one run follows",
    async (_, __, path, action) => {
      const place = rig.place();
      place.fault(path, action, { times: 1, method: "GET" });
      place.merge();
      await oneRun(place);
      expect(place.posts()).toHaveLength(1);
    },
  );

  test.each(Object.entries(READS))(
    "(%s) that is never answered exhausts the dispatch with its cause, and nothing is sent",
    async (_, path) => {
      const place = rig.place();
      place.fault(path, { kind: "status", status: 503 }, { method: "GET" });
      place.merge();
      const [row] = await place.settled();
      expect(row).toMatchObject({ state: "exhausted", reason: "status-503" });
      expect(row!.remedy).not.toBeNull();
      expect(place.posts()).toEqual([]);
    },
  );

  test("the run itself: its looks are repeated until one is answered", async () => {
    const place = rig.place();
    place.fault("/actions/runs/\\d+", { kind: "status", status: 502 }, { times: 3 });
    place.merge();
    await oneRun(place);
    expect(place.posts()).toHaveLength(1);
  });
});

describe.concurrent("rate limits", () => {
  const timed = ["primary", "429-retry-after", "secondary-retry-after"] as const;
  const places: Record<string, string> = { dispatch: DISPATCH, proof: READS.comparison };
  test.each(timed.flatMap((shape) => Object.keys(places).map((where) => [shape, where] as const)))(
    "%s on the %s: no call before the time that GitHub named, then one run",
    async (shape, where) => {
      const place = rig.place();
      place.fault(places[where]!, { kind: "rate-limit", shape, seconds: 2 }, { times: 1 });
      place.merge();
      const limited = await waitFor(
        "the refusal",
        () => place.requests().find(({ fault }) => fault !== null) ?? null,
      );
      const waiting = await place.inState("waiting");
      expect(waiting.due_at! - limited.time).toBeGreaterThanOrEqual(1_950);
      await oneRun(place);
      // Questions that were under way with the refused one may still have arrived, late on a busy machine.
      const soon = place
        .requests()
        .filter(({ time }) => time > limited.time + 1_000 && time < limited.time + 1_950);
      expect(soon).toEqual([]);
      expect(place.posts().filter(({ fault }) => fault === null)).toHaveLength(1);
    },
  );

  test.each(["secondary-message", "429-bare"] as const)(
    "%s names no time: nothing is asked for a minute",
    async (shape) => {
      for (const path of [DISPATCH, READS.comparison]) {
        const place = rig.place();
        place.fault(path, { kind: "rate-limit", shape }, { times: 1 });
        place.merge();
        const row = await place.inState("waiting");
        const limited = place.requests().find(({ fault }) => fault !== null)!;
        expect(row.due_at! - limited.time).toBeGreaterThanOrEqual(60_000);
        expect(place.dispatches()).toEqual([]);
      }
    },
  );

  const shapes = [...timed, "secondary-message", "429-bare"] as const;
  test.each(shapes)("%s on the minting of a token is obeyed, too", async (shape) => {
    const place = rig.place();
    rig.simulator.faults.add({
      match: { path: place.mints, times: 1 },
      action: { kind: "rate-limit", shape, seconds: 30 },
    });
    place.merge();
    const row = await place.inState("waiting");
    const limited = place.requests().find(({ fault }) => fault !== null)!;
    const least = shape === "secondary-message" || shape === "429-bare" ? 59_000 : 29_000;
    expect(row.due_at! - limited.time).toBeGreaterThanOrEqual(least);
    expect(place.posts()).toEqual([]);
  });
});

/** GitHub's refusal with its message. */
function refused(status: number, message: string): FaultAction {
  return { kind: "status", status, body: { message } };
}

describe.concurrent("credentials", () => {
  test("a 401 once, on a read and on the dispatch, is answered with a fresh token", async () => {
    const place = rig.place();
    place.fault(READS["pull request"], refused(401, "Bad credentials"), { times: 1 });
    place.fault(DISPATCH, refused(401, "Bad credentials"), { times: 1 });
    place.merge();
    await oneRun(place);
    const minted = place.requests().filter(({ path }) => path === place.mints);
    expect(minted).toHaveLength(4);
    expect(place.posts()).toHaveLength(2);
  });

  test("a 401 for ever on the dispatch is rejected after two tries", async () => {
    const place = rig.place();
    place.fault(DISPATCH, refused(401, "Bad credentials"));
    place.merge();
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "rejected", reason: "permission-missing" });
    expect(place.posts()).toHaveLength(2);
    expect(place.dispatches()).toEqual([]);
  });

  test("a 401 for ever on a read is given up with its cause, nothing sent", async () => {
    const place = rig.place();
    place.fault(READS["pull request"], refused(401, "Bad credentials"));
    place.merge();
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "exhausted", reason: "status-401" });
    expect(place.posts()).toEqual([]);
  });

  test.each([
    [401, "A JSON web token could not be decoded", "token-refused-401"],
    [403, "This installation has been suspended", "token-refused-403"],
    [404, "Not Found", "repository-outside-installation"],
    [
      422,
      "There is at least one repository that does not exist",
      "repository-outside-installation",
    ],
    [500, "Server Error", "token-refused-500"],
  ])(
    "a token refused once with %i is asked for again; for ever, it is given up",
    async (status, message, cause) => {
      const [once, ever] = [rig.place(), rig.place()];
      const action = refused(status, message);
      rig.simulator.faults.add({ match: { path: once.mints, times: 1 }, action });
      rig.simulator.faults.add({ match: { path: ever.mints }, action });
      once.merge();
      ever.merge();
      await oneRun(once);
      const [row] = await ever.settled();
      expect(row).toMatchObject({ state: "exhausted", reason: cause });
      expect(ever.dispatches()).toEqual([]);
    },
  );

  test("a suspended installation waits, and goes on when the suspension is lifted", async () => {
    const place = rig.place();
    const { world } = rig.simulator;
    world.setWebhook({ active: false });
    place.merge();
    const late = world.buildDelivery(world.lastEvent("pull_request", "closed"));
    world.setSuspended(place.installation.id, true);
    world.setWebhook({ active: true });
    await rig.post(late);
    await waitFor("two refusals", () => place.requests().length >= 2);
    expect(place.posts()).toEqual([]);
    world.setSuspended(place.installation.id, false);
    await oneRun(place);
  });
});

describe.concurrent("a refusal of the dispatch", () => {
  test("because the workflow was disabled after the proof is final, with a remedy", async () => {
    const place = rig.place();
    // A first merge, so that the next one's push asks no questions of its own.
    place.merge();
    await place.settled();
    const seen = place.requests().length;
    place.fault(DISPATCH, { kind: "latency", ms: 300 });
    place.fault(READS.workflow, { kind: "latency", ms: 300, when: "after" });
    place.merge();
    await waitFor("the proof", () =>
      place
        .requests()
        .slice(seen)
        .some(({ path }) => path.endsWith("/workflows/publish-image.yml")),
    );
    rig.simulator.world.setWorkflowState(place.id, "publish-image.yml", "disabled_manually");
    const row = (await place.settled(2)).at(-1);
    expect(row).toMatchObject({ state: "rejected", reason: "workflow-disabled" });
    expect(row!.remedy).toContain("Enable");
    expect(place.posts()).toHaveLength(2);
    expect(place.dispatches()).toHaveLength(1);
  });

  test.each([
    [403, "Resource not accessible by integration", "permission-missing"],
    [404, "Not Found", "workflow-not-found"],
    [422, "Unexpected inputs provided", "inputs-refused"],
    [422, "Workflow does not have 'workflow_dispatch' trigger", "workflow-not-found"],
    [403, "The actor is not allowed to trigger this workflow", "blocked-by-actions-policy"],
  ])("with %i %s is final: %s", async (status, message, reason) => {
    const place = rig.place();
    place.fault(DISPATCH, { kind: "status", status, body: { message } });
    place.merge();
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "rejected", reason });
    expect(row!.remedy).toContain(message);
    expect(place.posts()).toHaveLength(1);
    expect(place.dispatches()).toEqual([]);
  });
});

describe.concurrent("a dispatch that was given up", () => {
  test("before it had a route is taken up again by a redelivery, and only once", async () => {
    const place = rig.place();
    const remove = place.fault(READS.comparison, { kind: "status", status: 500 });
    place.merge();
    // The push of the branch is a claim of its own, and is given up beside it.
    const given = ofMerge(await place.settled(2));
    expect(given).toMatchObject([{ state: "exhausted", route: null }]);
    remove();
    expect(await redeliver(place)).toBe("accepted");
    const [, second] = ofMerge(await place.settled(3));
    expect(second).toMatchObject({ state: "succeeded", route: "image" });
    expect(await redeliver(place)).toBe("duplicate");
    expect(ofMerge(await place.rows())).toHaveLength(2);
    expect(place.dispatches()).toHaveLength(1);
  });

  test("after the answers of the dispatch were lost for good, a redelivery is generation 2 with one run", async () => {
    const place = rig.place();
    const remove = place.fault(DISPATCH, { kind: "status", status: 502 });
    place.merge();
    expect(await place.settled(1, 25_000)).toMatchObject([{ state: "exhausted", generation: 1 }]);
    expect(place.dispatches()).toEqual([]);
    remove();
    expect(await redeliver(place)).toBe("accepted");
    const rows = await place.settled(2);
    expect(rows.map(({ generation, state }) => [generation, state])).toEqual([
      [1, "exhausted"],
      [2, "succeeded"],
    ]);
    expect(place.dispatches()).toHaveLength(1);
    expect(await redeliver(place)).toBe("duplicate");
    expect(await place.rows()).toHaveLength(2);
    expect(place.dispatches()).toHaveLength(1);
  });
});

function ofMerge(rows: LedgerRow[]): LedgerRow[] {
  return rows.filter(({ pull_request }) => pull_request !== null);
}

/** GitHub sends the merge's delivery once more, by the same GUID; the relay's answer. */
async function redeliver(place: Place): Promise<string> {
  const { deliveries } = rig.simulator;
  const sent = place.deliveries("pull_request").findLast(({ event }) => event.action === "closed")!;
  const count = place.deliveries("pull_request").length;
  deliveries.redeliver(sent.id);
  await waitFor("the redelivery", () => place.deliveries("pull_request").length > count);
  const answer = place.deliveries("pull_request").at(-1)!.response.payload ?? "{}";
  return String(JSON.parse(answer).outcome);
}
