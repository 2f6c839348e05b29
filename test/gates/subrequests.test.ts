/**
 * The free plan's limits in one invocation, counted on the built Worker with everything on that can be:
 * merges with a foreign builder, reports, the scan in the same alarm, the index.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryIdOf } from "../bench/load/delivery.ts";
import { fireVolley } from "../bench/load/volley.ts";
import { type MeteredRelay, prepareMeteredRelay } from "../bench/metered/metered-relay.ts";
import { makeSecrets } from "../bench/processes/secrets.ts";
import { StandInClient } from "../bench/processes/stand-in-client.ts";
import { waitFor } from "../e2e/support/wait-for.ts";

const MERGES = 60;
const BUILDER = `acme/r${repositoryIdOf(900)}`;
const CONFIGURATION = `version: 1\nroutes:\n  - name: app\n    builder: ${BUILDER}\naccept: [acme/*]\n`;

const secrets = makeSecrets();
let folder: string;
let github: StandInClient;
let relay: MeteredRelay;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "subrequests-"));
  github = await StandInClient.start();
  // A scan is due in every round, and has more pages than a round takes.
  const settings = {
    SCAN_INTERVAL_MS: "50",
    RUN_POLL_MS: "500",
    REPORT_COMMENTS: "on",
    REPORT_CHECKS: "on",
  };
  relay = await prepareMeteredRelay(secrets, { githubUrl: github.url, within: folder, settings });
  await relay.receiver.start();
  github.runs("completed");
  github.configure(CONFIGURATION);
  github.closed(40);
});

afterAll(async () => {
  await relay.receiver.kill();
  await relay.receiver.remove();
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

test("an alarm makes at most 50 requests, 50 queries and 1,000 calls of objects, its scan and reports included", async () => {
  await fireVolley({
    url: relay.receiver.url(),
    secret: secrets.webhookSecret,
    kind: "merged",
    count: MERGES,
    connections: 16,
    repositories: 1,
    firstPullRequest: 1,
  });
  await waitFor(
    "every merge and its reports",
    async () => {
      const { requests } = await github.report();
      const told = (requests["check"] ?? 0) >= MERGES && (requests["comment"] ?? 0) > 0;
      return requests["dispatch"] === MERGES && told && (requests["closed"] ?? 0) > 5;
    },
    40_000,
  ).catch(async () => console.log((await github.report()).requests, await relay.take()));
  const meter = await relay.take();
  // That it was close says that the test tests something.
  expect(meter.mostGithubCallsPerAlarm).toBeGreaterThan(25);
  expect(meter.mostGithubCallsPerAlarm).toBeLessThanOrEqual(50);
  expect(meter.mostIndexQueriesPerAlarm).toBeGreaterThan(2);
  expect(meter.mostIndexQueriesPerAlarm).toBeLessThanOrEqual(50);
  expect(meter.mostObjectCallsPerAlarm).toBeGreaterThan(0);
  expect(meter.mostObjectCallsPerAlarm).toBeLessThanOrEqual(1_000);
});
