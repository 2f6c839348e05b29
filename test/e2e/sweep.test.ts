/** Recovery by cron: what GitHub failed to deliver is asked for again. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Rig, startRig } from "./support/relay.ts";
import { sweep } from "./support/sweep.ts";

let rig: Rig;
/** Answers every delivery with 503, or never. */
let broken: Server;
let silent: Server;

const listen = (server: Server) =>
  new Promise<Server>((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

beforeAll(async () => {
  // Long, so that what comes back here was redelivered and not found by a scan.
  rig = await startRig({ SCAN_INTERVAL_MS: "3600000" });
  broken = await listen(createServer((_, response) => response.writeHead(503).end()));
  silent = await listen(createServer(() => undefined));
});

beforeEach(() => rig.simulator.faults.clear());

afterAll(async () => {
  expect(rig.simulator.unknownRequests()).toEqual([]);
  await rig.close();
  for (const server of [broken, silent]) {
    server.closeAllConnections();
    server.close();
  }
});

/** Does something while deliveries go to another place. */
async function whileDeliveriesGoTo(url: string, work: () => void): Promise<void> {
  const { world, deliveries } = rig.simulator;
  world.setWebhook({ url, timeoutMs: 200 });
  work();
  await deliveries.idle();
  world.setWebhook({ url: `${rig.relay.url}/webhooks/github`, timeoutMs: 10_000 });
}

const asks = () => rig.simulator.requests.filter(({ path }) => path.endsWith("/attempts"));

test.each([
  ["was down", () => "http://127.0.0.1:9/webhooks/github"],
  ["answered with 503", () => urlOf(broken)],
  ["did not answer in time", () => urlOf(silent)],
])(
  "a merge that GitHub delivered while the relay %s is dispatched once, by cron",
  async (_, url) => {
    const place = rig.place();
    await whileDeliveriesGoTo(url(), () => place.merge());
    await sweep(rig);
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "succeeded", generation: 1 });
    await sweep(rig);
    await sweep(rig);
    expect(place.dispatches()).toHaveLength(1);
    const merges = place
      .deliveries("pull_request")
      .filter(({ event }) => event.action === "closed");
    expect(merges.map(({ redelivery, statusCode }) => [redelivery, statusCode === 202])).toEqual([
      [false, false],
      [true, true],
    ]);
  },
);

test("a delivery that the ledger has, and of which only the answer was lost, is not asked for", async () => {
  const place = rig.place();
  await sweep(rig);
  const before = asks().length;
  rig.simulator.faults.addDelivery({
    match: { event: "pull_request", action: "closed", repositoryId: place.id },
    action: { kind: "lose-answer" },
  });
  place.merge();
  await place.settled();
  await sweep(rig);
  expect(asks()).toHaveLength(before);
  expect(place.dispatches()).toHaveLength(1);
});

test("a delivery that fails again and again keeps no other from its turn", async () => {
  const poison = rig.place();
  const others = [rig.place(), rig.place()];
  const match = { event: "pull_request", action: "closed", repositoryId: poison.id };
  rig.simulator.faults.addDelivery({
    match: { ...match, redelivery: true },
    action: { kind: "fail" },
  });
  await whileDeliveriesGoTo("http://127.0.0.1:9/", () => {
    for (const place of [poison, ...others]) place.merge();
  });
  await sweep(rig);
  for (const place of others) expect(await place.settled()).toMatchObject([{ state: "succeeded" }]);
  await sweep(rig);
  const health = await fetch(`${rig.relay.url}/healthz`);
  expect(await health.json()).toMatchObject({ sweep: { behind: false, failing: 1 } });
  expect(poison.deliveries("pull_request").filter(({ redelivery }) => redelivery)).toHaveLength(1);
  expect(await poison.rows()).toEqual([]);
});

test.each(["primary", "429-retry-after", "secondary-retry-after"] as const)(
  "a rate limit (%s) in the middle of the asking is waited for, and nothing is asked for twice",
  async (shape) => {
    const places = [rig.place(), rig.place(), rig.place()];
    await whileDeliveriesGoTo("http://127.0.0.1:9/", () => {
      for (const place of places) place.merge();
    });
    const before = asks().length;
    rig.simulator.faults.add({
      match: { path: /\/attempts$/, nth: 2 },
      action: { kind: "rate-limit", shape, seconds: 2 },
    });
    await sweep(rig);
    for (const place of places) {
      expect(await place.settled()).toMatchObject([{ state: "succeeded" }]);
      expect(place.dispatches()).toHaveLength(1);
    }
    const [, limited, next] = asks().slice(before);
    expect(next!.time - limited!.time).toBeGreaterThanOrEqual(1_000);
  },
);
