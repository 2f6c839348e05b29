/** The walk over installations by cron: repositories of which GitHub never told. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Rig, startRig } from "./support/relay.ts";
import { sweepAndWalk } from "./support/sweep.ts";

const INTERVAL_MS = 1_000;
let rig: Rig;

beforeAll(async () => {
  // A call that a busy machine lets time out is repeated half a minute later: too late for a test.
  rig = await startRig({ SCAN_INTERVAL_MS: String(INTERVAL_MS) });
});

afterAll(async () => {
  expect(rig.simulator.unknownRequests()).toEqual([]);
  await rig.close();
});

test("in quiet times GitHub is asked for one page of deliveries and one list an installation", async () => {
  for (let count = 0; count < 3; count++) rig.place();
  await sweepAndWalk(rig);
  await rig.simulator.idle();
  await sleep(INTERVAL_MS);
  const before = rig.simulator.requests.length;
  await sweepAndWalk(rig);
  const requests = rig.simulator.requests
    .slice(before)
    .map(({ method, path }) => `${method} ${path}`);
  const installations = rig.simulator.world.state.installations.size;
  const count = (part: string) => requests.filter((line) => line.includes(part)).length;
  expect(count("GET /app/hook/deliveries")).toBe(1);
  expect(count("GET /app/installations")).toBe(1);
  expect(count("GET /installation/repositories")).toBe(installations);
});

test("a repository of which no delivery ever came is visited", async () => {
  const { world, faults } = rig.simulator;
  faults.addDelivery({ match: {}, action: { kind: "lose" } });
  const installation = world.addInstallation({ owner: "quiet" });
  const { id } = world.addRepository({ owner: "quiet", name: "app", files: { a: "b" } });
  const archived = world.addRepository({ owner: "quiet", name: "old", files: { a: "b" } });
  archived.archived = true;
  await sleep(INTERVAL_MS);
  await sweepAndWalk(rig);
  const meta = await rig.relay.query(id, "SELECT key, value FROM meta");
  expect(Object.fromEntries(meta.map(({ key, value }) => [key, value]))).toMatchObject({
    repository_id: String(id),
    owner: "quiet",
    name: "app",
    installation_id: String(installation.id),
  });
  expect(await rig.relay.query(archived.id, "SELECT key FROM meta")).toEqual([]);
});
