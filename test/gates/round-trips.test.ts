/**
 * What a merge asks of GitHub and in which order, counted on the built Worker: a question more, or one
 * that waits for another, shows here on any machine. Each answer takes 150 ms, so that what is asked at
 * once overlaps.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { repositoryIdOf } from "../bench/load/delivery.ts";
import { fireVolley } from "../bench/load/volley.ts";
import { roundTripsBefore } from "../bench/parts/chain.ts";
import { prepareRelay } from "../bench/processes/relay.ts";
import type { Receiver } from "../bench/processes/receiver.ts";
import { makeSecrets } from "../bench/processes/secrets.ts";
import { StandInClient } from "../bench/processes/stand-in-client.ts";
import { waitFor } from "../e2e/support/wait-for.ts";

const GITHUB_MS = 150;
const BUILDER = `r${repositoryIdOf(900)}`;
const PLAIN = "version: 1\nroutes:\n  - name: app\n";
const ELSEWHERE = `version: 1\nroutes:\n  - name: app\n    builder: acme/${BUILDER}\naccept: [acme/*]\n`;

const secrets = makeSecrets();
let folder: string;
let github: StandInClient;
let relay: Receiver;
let nextPullRequest = 1;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "round-trips-"));
  github = await StandInClient.start();
  const settings = { REPORT_CHECKS: "off", REPORT_COMMENTS: "off" };
  relay = await prepareRelay(secrets, {
    name: "relay",
    githubUrl: github.url,
    within: folder,
    settings,
  });
  await relay.start();
  github.delay(GITHUB_MS);
});

afterEach(() => github.configure(null));

afterAll(async () => {
  await relay.kill();
  await relay.remove();
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

/** What one merge asked, up to its dispatch. */
async function merge(repository: number) {
  github.forget();
  await fireVolley({
    url: relay.url(),
    secret: secrets.webhookSecret,
    kind: "merged",
    count: 1,
    connections: 1,
    repositories: 1,
    firstPullRequest: 1,
    subjects: [{ repository, pullRequest: nextPullRequest++ }],
  });
  await waitFor("the dispatch", async () => (await github.report()).requests["dispatch"] === 1);
  return github.report();
}

describe("a merge in a repository that had one before", () => {
  test("asks five questions at once, and then dispatches", async () => {
    await merge(1);
    const { requests, calls } = await merge(1);
    expect(requests).toEqual({
      repository: 1,
      pull: 1,
      compare: 1,
      configuration: 1,
      "workflow 304": 1,
      dispatch: 1,
    });
    expect(roundTripsBefore(calls)).toHaveLength(1);
  });

  test("asks for a configuration only whether it has changed", async () => {
    github.configure(PLAIN);
    await merge(2);
    const { requests, calls } = await merge(2);
    expect(requests).toMatchObject({ "configuration 304": 1, "workflow 304": 1 });
    expect(requests).not.toHaveProperty("configuration");
    expect(roundTripsBefore(calls)).toHaveLength(1);
  });

  test("obeys the configuration of now, and not the one that it knows", async () => {
    github.configure(PLAIN);
    await merge(3);
    github.configure(ELSEWHERE);
    const { requests, calls } = await merge(3);
    expect(requests).toMatchObject({ configuration: 2, dispatch: 1 });
    const dispatch = calls.find(({ name }) => name === "dispatch");
    expect(dispatch?.path).toContain(`/repos/acme/${BUILDER}/`);
  });

  test("with a foreign builder asks seven questions at once", async () => {
    github.configure(ELSEWHERE);
    await merge(4);
    const { requests, calls } = await merge(4);
    expect(requests).toEqual({
      repository: 2,
      pull: 1,
      compare: 1,
      "configuration 304": 2,
      "workflow 304": 1,
      dispatch: 1,
    });
    // A runtime waits for six answers at a time: the seventh question goes when the first is answered.
    expect(roundTripsBefore(calls).length).toBeLessThanOrEqual(2);
  });
});

test("the first merge of a repository costs two tokens and a look for the configuration more, each a round trip", async () => {
  const { requests, calls } = await merge(5);
  expect(requests).toEqual({
    token: 2,
    repository: 1,
    pull: 1,
    compare: 1,
    configuration: 1,
    // That there is no configuration is confirmed, once.
    folder: 1,
    workflow: 1,
    dispatch: 1,
  });
  expect(roundTripsBefore(calls)).toHaveLength(5);
});

test("a ledger that was evicted has both tokens made at once", async () => {
  await merge(6);
  await relay.kill();
  await relay.start();
  const { requests, calls } = await merge(6);
  expect(requests).toMatchObject({ token: 2 });
  expect(roundTripsBefore(calls)).toHaveLength(2);
});
