/**
 * The unkindest deaths: GitHub has the dispatch in its hands when the relay is killed, and acts only
 * afterwards. Whenever it acts, there is one run.
 */
import { afterAll, expect, test } from "vitest";
import { LEASE_MS } from "../../src/config.ts";
import type { FaultAction } from "../../src/simulator/faults.ts";
import { begin, endAll, mergeUnder, rowsOf } from "./support/mortal.ts";
import { waitFor } from "./support/wait-for.ts";

const WORKFLOW_CALL = "/actions/workflows/publish-image.yml";
const DISPATCH = `${WORKFLOW_CALL}/dispatches`;
const RUN_LIST = `${WORKFLOW_CALL}/runs`;
/** GitHub acts within this time after a relay that lives again has noted that it lost the answer. */
const SETTLE_MS = 4_000;

afterAll(endAll);

/** A request that GitHub has taken and not acted on. */
function holdOne() {
  const arriving = promise();
  const acting = promise();
  const until = (): Promise<void> => {
    arriving.resolve();
    return acting.kept;
  };
  const action: FaultAction = { kind: "latency", until };
  return { action, arrived: arriving.kept, act: acting.resolve };
}

/** A promise, and how it is kept. */
function promise(): { kept: Promise<void>; resolve: () => void } {
  const parts: { resolve?: () => void } = {};
  const kept = new Promise<void>((resolve) => (parts.resolve = resolve));
  return { kept, resolve: () => parts.resolve?.() };
}

/** A relay that is killed while GitHub holds its dispatch, and is dead. */
async function killedAtDispatch() {
  const { simulator, relay, start } = await begin({ UNKNOWN_SETTLE_MS: String(SETTLE_MS) });
  const held = holdOne();
  const merge = mergeUnder(simulator, { path: DISPATCH, action: held.action });
  await held.arrived;
  await relay.kill();
  const [row] = await rowsOf(relay, merge.sha);
  expect(row).toMatchObject({ state: "dispatching", run_id: null });
  const { world } = simulator;
  return {
    simulator,
    relay,
    start,
    held,
    merge,
    id: row!.id,
    own: () => merge.runs().filter(({ inputs }) => inputs["dispatch_id"] === row!.id),
    posts: () => merge.asked(DISPATCH).filter(({ body }) => body?.includes(row!.id) === true),
    state: async () => (await rowsOf(relay, merge.sha))[0]?.state,
    /** Something else happens in the repository, and its ledger does all that is due. */
    wake(): string {
      const { number } = world.openPullRequest({ repo: "acme/app", user: "stranger" });
      return world.mergePullRequest("acme/app", number);
    },
  };
}

type Killed = Awaited<ReturnType<typeof killedAtDispatch>>;

/** In the end the merge has one run, which is the one that the ledger says. */
async function oneRun(life: Killed, withinMs = 20_000): Promise<void> {
  const { simulator, relay, merge, id, state } = life;
  await waitFor("the end", async () => (await state()) === "succeeded", withinMs);
  // Longer than anything that may still be on its way.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await simulator.idle();
  const rows = await rowsOf(relay, merge.sha);
  expect(rows).toHaveLength(1);
  const runs = merge.runs().filter(({ inputs }) => inputs["sha"] === merge.sha);
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ id: rows[0]!.run_id, inputs: { dispatch_id: id } });
}

test.concurrent("GitHub acts when the relay is dead; the lease of the dead one ends in one run", async () => {
  const life = await killedAtDispatch();
  life.held.act();
  await waitFor("the run", () => life.own().length === 1);
  await life.start();
  await oneRun(life, LEASE_MS + 20_000);
  expect(life.posts()).toHaveLength(1);
});

test.concurrent("GitHub acts when the relay is dead, and another merge wakes it at once", async () => {
  const life = await killedAtDispatch();
  life.held.act();
  await waitFor("the run", () => life.own().length === 1);
  await life.start();
  life.wake();
  await oneRun(life);
  expect(life.posts()).toHaveLength(1);
});

test.concurrent("GitHub acts when the relay lives again and has looked: its look proved nothing yet", async () => {
  const life = await killedAtDispatch();
  await life.start();
  life.wake();
  await waitFor("the loss to be noted", async () => (await life.state()) === "unknown");
  // A run event that names the dispatch makes the ledger look at once, long before it may conclude.
  const { world } = life.simulator;
  const event = await waitFor("some run's event", () => {
    const known = life.simulator.deliveries.events;
    return (
      known.find(({ name, action }) => name === "workflow_run" && action === "requested") ?? null
    );
  });
  const payload = structuredClone(event.payload) as { workflow_run: Record<string, unknown> };
  Object.assign(payload.workflow_run, { id: 999_999, display_title: `Publish ${life.id}` });
  const { headers, body } = world.buildDelivery({ ...event, payload });
  const looks = (): number => life.merge.asked(RUN_LIST).length;
  const before = looks();
  const url = life.simulator.deliveries.config.url ?? "";
  const response = await fetch(url, { method: "POST", headers, body });
  expect(await response.json()).toMatchObject({ outcome: "accepted" });
  await waitFor("the look", () => looks() > before);
  expect(await life.state()).toBe("unknown");
  life.held.act();
  await oneRun(life);
  expect(life.posts()).toHaveLength(1);
});

test.concurrent("GitHub acts when the relay has died a second time, while it looked", async () => {
  const life = await killedAtDispatch();
  const look = holdOne();
  life.simulator.faults.add({ match: { path: RUN_LIST, times: 1 }, action: look.action });
  await life.start();
  life.wake();
  await look.arrived;
  await life.relay.kill();
  expect(await life.state()).toBe("unknown");
  life.held.act();
  look.act();
  await waitFor("the run", () => life.own().length === 1);
  await life.start();
  life.wake();
  await oneRun(life);
  expect(life.posts()).toHaveLength(1);
});

test.concurrent("GitHub forgets the first dispatch, and acts on the second when the relay has died over that one, too", async () => {
  const life = await killedAtDispatch();
  const second = holdOne();
  // The merge that wakes the ledger dispatches before the absence of the first run is proved.
  life.simulator.faults.add({ match: { path: DISPATCH, nth: 2 }, action: second.action });
  await life.start();
  life.wake();
  await second.arrived;
  await life.relay.kill();
  expect(await life.state()).toBe("dispatching");
  second.act();
  await waitFor("the run", () => life.own().length === 1);
  await life.start();
  life.wake();
  await oneRun(life);
});
