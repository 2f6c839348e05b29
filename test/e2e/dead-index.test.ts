/** The index is a convenience: whatever D1 does, no delivery, dispatch or ledger notices. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { type IndexHealth, startIndexServer } from "./support/index-server.ts";
import { settingsFor } from "./support/relay.ts";
import { WORKFLOW, WORKFLOW_PATH } from "./support/place.ts";
import { waitFor } from "./support/wait-for.ts";
import { prepareWorkerd } from "./support/workerd.ts";

const MERGES = 5;

/** A relay over a D1 in that health, and one repository of which mia is a maintainer. */
async function open(health: IndexHealth) {
  const simulator = await startSimulator();
  const index = await startIndexServer(health);
  const { vars, secrets } = settingsFor(simulator);
  const lines: string[] = [];
  const relay = await prepareWorkerd(
    { ...vars, ...secrets },
    { index: index.address, onLine: (line) => lines.push(line) },
  );
  const url = await relay.start();
  const { world, deliveries, dispatches } = simulator;
  world.setWebhook({ url: `${url}/webhooks/github` });
  world.addInstallation({ owner: "acme" });
  const files = { [WORKFLOW_PATH]: WORKFLOW };
  const { id } = world.addRepository({ owner: "acme", name: "app", files });
  world.setPermission("mia", "acme/app", "maintain");
  const token = world.classicToken("mia", ["repo"]);
  return {
    index,
    relay,
    lines,
    dispatches,
    /** One merge, until GitHub has its dispatch; how long that took. */
    async merge(): Promise<number> {
      const { number } = world.openPullRequest({ repo: id, user: "stranger" });
      const startedAt = performance.now();
      const sha = world.mergePullRequest(id, number);
      await waitFor("the dispatch", () => dispatches.some(({ inputs }) => inputs["sha"] === sha));
      const took = performance.now() - startedAt;
      await deliveries.idle();
      const answers = deliveries.recorded.filter(({ event }) => event.action === "closed");
      expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 202));
      return took;
    },
    async ask(path: string) {
      const headers = { authorization: `Bearer ${token}` };
      const startedAt = performance.now();
      const response = await fetch(`${url}${path}`, { headers });
      const body = (await response.json()) as Record<string, unknown>;
      return { status: response.status, body, took: performance.now() - startedAt };
    },
    async close() {
      await relay.kill();
      await relay.remove();
      index.close();
      await simulator.close();
    },
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

const median = (times: number[]) => times.toSorted((a, b) => a - b)[times.length >> 1]!;

async function mergeAll(place: Opened): Promise<number> {
  // The first one mints a token and starts the ledger.
  await place.merge();
  const times: number[] = [];
  for (let count = 0; count < MERGES; count++) times.push(await place.merge());
  return median(times);
}

let calm: number;

beforeAll(async () => {
  const well = await open("well");
  calm = await mergeAll(well);
  // The stand-in is a D1 to the relay: it is told of every dispatch.
  await waitFor(
    "the index to be told",
    () => well.index.query("SELECT id FROM dispatches").length > MERGES,
  );
  await well.close();
});

describe.concurrent("with a D1 that", () => {
  const opened: Opened[] = [];
  afterAll(() => Promise.all(opened.map((place) => place.close())));

  test.each([
    ["never answers", "silent"],
    ["always fails", "failing"],
    ["ends every connection", "cut"],
  ] as const)("%s, merges are answered and dispatched in the usual time", async (_, health) => {
    const place = await open(health);
    opened.push(place);
    const took = await mergeAll(place);
    expect(place.index.asked()).toBeGreaterThan(0);
    // Far below the five seconds for which the index itself is waited for.
    expect(took).toBeLessThan(calm * 3 + 500);
    expect(place.dispatches).toHaveLength(MERGES + 1);

    const listed = await place.ask("/api/v1/repos/acme/app/dispatches");
    expect(listed.status).toBe(200);
    expect(listed.body["dispatches"]).toHaveLength(MERGES + 1);
    expect(listed.took).toBeLessThan(2_000);
    expect((await place.ask("/healthz")).status).toBe(200);
    // What only the index knows says that it is not there, and does not hang.
    const everywhere = await place.ask("/api/v1/stats");
    expect(everywhere.status).toBe(503);
    expect(everywhere.took).toBeLessThan(8_000);
    expect(place.lines.filter((line) => /\.bug"|Uncaught/.test(line))).toEqual([]);
  });
});
