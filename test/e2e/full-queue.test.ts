import { afterAll, expect, test } from "vitest";
import { LEASE_MS } from "../../src/config.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { WORKFLOW, WORKFLOW_PATH } from "./support/place.ts";
import { settingsFor } from "./support/relay.ts";
import { waitFor } from "./support/wait-for.ts";
import { prepareWorkerd } from "./support/workerd.ts";

const MERGES = 150;
const ends: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const end of ends) await end();
});

test("killed with a full queue in one repository, a restart ends in one run for each merge", async () => {
  const simulator = await startSimulator();
  const { vars, secrets } = settingsFor(simulator);
  const relay = await prepareWorkerd({ ...vars, ...secrets });
  ends.push(async () => {
    await relay.kill();
    await relay.remove();
    await simulator.close();
  });
  const { world, deliveries, dispatches } = simulator;
  const start = async (): Promise<void> =>
    world.setWebhook({ url: `${await relay.start()}/webhooks/github` });
  world.addInstallation({ owner: "acme" });
  const files = { [WORKFLOW_PATH]: WORKFLOW };
  const { id } = world.addRepository({ owner: "acme", name: "app", files });
  await start();
  const shas = Array.from({ length: MERGES }, () => {
    const { number } = world.openPullRequest({ repo: id, user: "stranger" });
    return world.mergePullRequest(id, number);
  });
  await waitFor("every merge to be taken", () => {
    const taken = deliveries.recorded.filter(
      ({ event, statusCode }) => event.action === "closed" && statusCode === 202,
    );
    return taken.length === MERGES;
  });
  await relay.kill();
  const before = dispatches.length;
  expect(before).toBeLessThan(MERGES);
  await start();
  await waitFor("a run for each", () => dispatches.length >= MERGES, LEASE_MS + 40_000);
  await waitFor(
    "every dispatch to end",
    async () => {
      const rows = await relay.query("SELECT id FROM dispatches WHERE due_at IS NOT NULL");
      return rows.length === 0;
    },
    30_000,
  );
  expect(dispatches).toHaveLength(MERGES);
  expect(new Set(dispatches.map(({ inputs }) => inputs["sha"]))).toEqual(new Set(shas));
}, 120_000);
