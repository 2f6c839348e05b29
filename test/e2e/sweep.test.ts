/** Recovery by cron: what GitHub failed to deliver, and repositories of which it never told. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Rig, startRig } from "./support/relay.ts";
import { waitFor } from "./support/wait-for.ts";

let rig: Rig;
/** Answers every delivery with 503, or never. */
let broken: Server;
let silent: Server;

const listen = (server: Server) =>
  new Promise<Server>((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

beforeAll(async () => {
  rig = await startRig({ SCAN_INTERVAL_MS: "50" });
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

const said = (event: string) =>
  rig.relay
    .logs()
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line.slice(line.indexOf("{"))) as Record<string, unknown>);

/** Lets the cron come and waits until its sweep has ended. */
async function sweep(): Promise<void> {
  const before = said("sweep.finished").length;
  await rig.relay.cron();
  await waitFor("the end of the sweep", () => said("sweep.finished").length > before);
}

/** Also waits for the end of the walk over installations, which follows. */
async function sweepAndWalk(): Promise<void> {
  await sweep();
  await waitFor("the end of the walk", async () => {
    const [row] = await rig.relay.querySweeper(
      "SELECT (SELECT COUNT(*) FROM todo) AS todo, value FROM progress WHERE name = 'installations'",
    );
    return row?.["todo"] === 0 && String(row["value"]).includes('"page":null');
  });
}

/** Does something while deliveries go to another place. */
async function whileDeliveriesGoTo(url: string, work: () => void): Promise<void> {
  const { world, deliveries } = rig.simulator;
  world.setWebhook({ url, timeoutMs: 200 });
  work();
  await deliveries.idle();
  world.setWebhook({ url: `${rig.relay.url}/webhooks/github`, timeoutMs: 10_000 });
}

const asks = () => rig.simulator.requests.filter(({ path }) => path.endsWith("/attempts"));

test("in quiet times GitHub is asked for one page of deliveries and one list an installation", async () => {
  for (let count = 0; count < 3; count++) rig.place();
  await sweepAndWalk();
  await rig.simulator.idle();
  const before = rig.simulator.requests.length;
  await sweepAndWalk();
  const requests = rig.simulator.requests
    .slice(before)
    .map(({ method, path }) => `${method} ${path}`);
  const installations = rig.simulator.world.state.installations.size;
  const count = (part: string) => requests.filter((line) => line.includes(part)).length;
  expect(count("GET /app/hook/deliveries")).toBe(1);
  expect(count("GET /app/installations")).toBe(1);
  expect(count("GET /installation/repositories")).toBe(installations);
  expect(count("access_tokens")).toBe(0);
});

test.each([
  ["was down", () => "http://127.0.0.1:9/webhooks/github"],
  ["answered with 503", () => urlOf(broken)],
  ["did not answer in time", () => urlOf(silent)],
])(
  "a merge that GitHub delivered while the relay %s is dispatched once, by cron",
  async (_, url) => {
    const place = rig.place();
    await whileDeliveriesGoTo(url(), () => place.merge());
    await sweep();
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "succeeded", generation: 1 });
    await sweep();
    await sweep();
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
  await sweep();
  const before = asks().length;
  rig.simulator.faults.addDelivery({
    match: { event: "pull_request", action: "closed", repositoryId: place.id },
    action: { kind: "lose-answer" },
  });
  place.merge();
  await place.settled();
  await sweep();
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
  await sweep();
  for (const place of others) expect(await place.settled()).toMatchObject([{ state: "succeeded" }]);
  await sweep();
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
    await sweep();
    for (const place of places) {
      expect(await place.settled()).toMatchObject([{ state: "succeeded" }]);
      expect(place.dispatches()).toHaveLength(1);
    }
    const [, limited, next] = asks().slice(before);
    expect(next!.time - limited!.time).toBeGreaterThanOrEqual(1_000);
  },
);

test("a repository of which no delivery ever came is visited", async () => {
  const { world, faults } = rig.simulator;
  faults.addDelivery({ match: {}, action: { kind: "lose" } });
  const installation = world.addInstallation({ owner: "quiet" });
  const { id } = world.addRepository({ owner: "quiet", name: "app", files: { a: "b" } });
  const archived = world.addRepository({ owner: "quiet", name: "old", files: { a: "b" } });
  archived.archived = true;
  await sweep();
  const meta = await waitFor("the visit", async () => {
    const rows = await rig.relay.query(id, "SELECT key, value FROM meta");
    return rows.length > 0 ? rows : null;
  });
  expect(Object.fromEntries(meta.map(({ key, value }) => [key, value]))).toMatchObject({
    repository_id: String(id),
    owner: "quiet",
    name: "app",
    installation_id: String(installation.id),
  });
  expect(await rig.relay.query(archived.id, "SELECT key FROM meta")).toEqual([]);
});
