/** The API's commands as people start them, against the built Worker and a simulated GitHub. */
import { createServer, request as forward } from "node:http";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Place } from "./support/place.ts";
import { type Rig, startRig } from "./support/relay.ts";
import { SCRIPT, startCommand, startOnTerminal } from "./support/terminal.ts";
import { waitFor } from "./support/wait-for.ts";

let rig: Rig;
let token: string;

beforeAll(async () => {
  rig = await startRig(({ url, app }) => ({
    ACTIONS_OIDC_ISSUER: url,
    GITHUB_WEB_URL: url,
    GITHUB_CLIENT_ID: app.clientId,
  }));
  token = rig.simulator.world.classicToken("mia", ["repo"]);
});
afterAll(() => rig.close());

/** A repository with a merge that is built already, in which mia is a maintainer. */
async function ours(): Promise<Place & { number: number }> {
  const place = rig.place();
  rig.simulator.world.setPermission("mia", place.fullName, "maintain");
  const { number } = place.merge();
  await place.settled();
  return { ...place, number };
}

/** Runs a command as mia to its end. */
function run(argv: readonly string[], env: Record<string, string> = {}) {
  const own = { MERGE_RELAY_URL: rig.relay.url, MERGE_RELAY_TOKEN: token };
  return startCommand(argv, { ...own, ...env }).ended;
}

test("explains, tries, orders, follows, lists and shows a build", async () => {
  const place = await ours();
  const pull = String(place.number);
  const explained = await run(["explain", place.fullName, pull]);
  expect(explained).toMatchObject({ code: 0, error: "" });
  expect(explained.out).toContain("✓ merge-confirmed");
  const order = ["dispatch", place.fullName, "--pull-request", pull];
  const dry = await run([...order, "--dry-run"]);
  expect(dry.code).toBe(0);
  expect(dry.out).toContain("dispatch");
  expect(place.dispatches()).toHaveLength(1);
  const ordered = await run([...order, "--reason", "base image fixed", "--watch"]);
  expect(ordered).toMatchObject({ code: 0, error: "" });
  expect(ordered.out).toMatch(
    /queued[^]*dispatched[^]*succeeded[^]*generation 2[^]*Published\.\n$/,
  );
  expect(place.dispatches()).toHaveLength(2);
  const listed = await run(["list", place.fullName, "--json"]);
  const { dispatches } = JSON.parse(listed.out);
  expect(dispatches).toMatchObject([{ generation: 2, actor: "mia" }, { generation: 1 }]);
  const shown = await run(["show", place.fullName, dispatches[0].id]);
  expect(shown.out).toContain("asked by hand");
});

test("says that an image was not published, and repeats what failed", async () => {
  const place = await ours();
  rig.simulator.world.scriptRuns(place.id, [{ conclusion: "failure" }]);
  const order = ["dispatch", place.fullName, "--pull-request", String(place.number)];
  const failed = await run([...order, "--watch", "--json"]);
  expect(failed.code).toBe(1);
  const { published, dispatches } = JSON.parse(failed.out);
  expect([published, dispatches[0].state]).toEqual([false, "failed"]);
  const asked = await run(["replay", place.fullName]);
  expect([asked.code, asked.out]).toEqual([2, ""]);
  expect(asked.error).toContain(dispatches[0].id);
  expect(place.dispatches()).toHaveLength(2);
  const repeated = await run(["replay", place.fullName, "--yes", "--watch", "--json"]);
  expect(repeated.code).toBe(0);
  expect(JSON.parse(repeated.out)).toMatchObject({
    published: true,
    dispatches: [{ generation: 3, state: "succeeded" }],
  });
  const once = await run(["replay", place.fullName, dispatches[0].id, "--watch"]);
  expect([once.code, place.dispatches().length]).toEqual([0, 4]);
});

/** Between a command and the relay: the first order arrives, and its answer does not. */
async function startLossyWay(): Promise<{ url: string; posts: () => number }> {
  let posts = 0;
  const way = createServer((asked, answer) => {
    const isLost = asked.method === "POST" && ++posts === 1;
    const { method = "GET", url = "/", headers } = asked;
    const onward = forward(`${rig.relay.url}${url}`, { method, headers }, (relayed) => {
      if (isLost) return void asked.socket.destroy();
      answer.writeHead(relayed.statusCode ?? 500, relayed.headers);
      relayed.pipe(answer);
    });
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => way.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    way.closeAllConnections();
    way.close();
  });
  const { port } = way.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, posts: () => posts };
}

test("orders once, though the answer to the order is lost", async () => {
  const place = await ours();
  const way = await startLossyWay();
  const order = ["dispatch", place.fullName, "--pull-request", String(place.number), "--watch"];
  const ordered = await run(order, { MERGE_RELAY_URL: way.url });
  expect([ordered.code, way.posts()]).toEqual([0, 2]);
  expect(ordered.error).toContain("Trying again");
  await place.settled(2);
  expect(place.dispatches()).toHaveLength(2);
});

test("stops watching at Ctrl+C, and says that the dispatch goes on", async () => {
  const place = await ours();
  const paused = await run(["pause", place.fullName, "--reason", "registry is down"]);
  expect(paused.out).toContain("paused by mia: registry is down");
  const order = ["dispatch", place.fullName, "--pull-request", String(place.number), "--watch"];
  const watching = startCommand(order, {
    MERGE_RELAY_URL: rig.relay.url,
    MERGE_RELAY_TOKEN: token,
  });
  await waitFor("the dispatch that is held", () => watching.out().includes("held"));
  watching.interrupt();
  const { code, error } = await watching.ended;
  expect(code).toBe(130);
  expect(error).toMatch(/goes on; merge-relay show org-\d+\/app mr-/);
  expect((await run(["resume", place.fullName])).code).toBe(0);
  await place.settled(2);
  expect(place.dispatches()).toHaveLength(2);
});

test("names the role that somebody lacks, and orders nothing", async () => {
  const place = await ours();
  const { world } = rig.simulator;
  world.setPermission("rick", place.fullName, "read");
  const env = { MERGE_RELAY_TOKEN: world.classicToken("rick", ["repo"]) };
  const order = ["dispatch", place.fullName, "--pull-request", String(place.number)];
  const refused = await run(order, env);
  expect([refused.code, refused.out]).toEqual([1, ""]);
  expect(refused.error).toContain("the role maintain");
  const narrow = { MERGE_RELAY_TOKEN: world.classicToken("mia", ["read:org"]) };
  expect((await run(order, narrow)).error).toContain("gh auth refresh");
  expect(place.dispatches()).toHaveLength(1);
});

/** The service in a job of GitHub Actions that tells who the run is. */
async function startIdentity(runId: number): Promise<Record<string, string>> {
  const { world } = rig.simulator;
  const actor = String(world.addUser("mia").id);
  const service = createServer((asked, answer) => {
    const { searchParams } = new URL(asked.url ?? "/", "http://localhost");
    const audience = searchParams.get("audience") ?? "";
    const value = world.mintRunToken(runId, audience, { actor_id: actor, event_name: "push" });
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify({ value }));
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void service.close());
  const { port } = service.address() as AddressInfo;
  return {
    CI: "true",
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?v=1`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
  };
}

test("calls as the run of a workflow, without a token", async () => {
  const place = await ours();
  const [row] = await place.rows();
  const identity = await startIdentity(row?.run_id ?? 0);
  const order = ["dispatch", place.fullName, "--pull-request", String(place.number), "--watch"];
  const ordered = await run(order, { MERGE_RELAY_TOKEN: "", ...identity });
  expect(ordered).toMatchObject({ code: 0, error: "" });
  expect(place.dispatches()).toHaveLength(2);
});

describe.skipIf(!existsSync(SCRIPT))("on a terminal", () => {
  test("signs in by a code, asks before it repeats, and shows no token", async () => {
    const place = await ours();
    const { simulator } = rig;
    simulator.world.scriptRuns(place.id, [{ conclusion: "failure" }]);
    await run(["dispatch", place.fullName, "--pull-request", String(place.number), "--watch"]);
    simulator.world.deviceFlow.intervalSeconds = 1;
    const screen = startOnTerminal(["replay", place.fullName, "--watch"], {
      MERGE_RELAY_URL: rig.relay.url,
      GITHUB_WEB_URL: simulator.url,
      GITHUB_CLIENT_ID: simulator.app.clientId,
    });
    await waitFor("the code", () => screen.out().includes("type in the code"));
    const [code = ""] = simulator.world.openDeviceCodes();
    expect(screen.out()).toContain(`${simulator.url}/login/device and type in the code ${code}`);
    simulator.world.approveDevice(code, "mia");
    await waitFor("the question", () => screen.out().includes("once more?"));
    expect(place.dispatches()).toHaveLength(2);
    // A prompt reads keys only after it is drawn.
    setTimeout(() => screen.type("y"), 200);
    const { code: exitCode, out } = await screen.ended;
    expect(exitCode).toBe(0);
    expect(out).toContain("Published.");
    expect(out).not.toMatch(/gh[a-z]_/);
    expect(place.dispatches()).toHaveLength(3);
  });
});
