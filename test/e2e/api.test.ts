/** Maintainers over HTTP: the built Worker, its ledgers and its index, and a simulated GitHub. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { undescribed } from "./support/described.ts";
import type { Place } from "./support/place.ts";
import { type Rig, startRig } from "./support/relay.ts";
import { waitFor } from "./support/wait-for.ts";

let rig: Rig;
let token: string;

beforeAll(async () => {
  rig = await startRig(({ url }) => ({ ACTIONS_OIDC_ISSUER: url }));
  token = rig.simulator.world.classicToken("mia", ["repo"]);
});
afterAll(() => rig.close());

/** A repository in which mia is a maintainer. */
function ours(parts: Parameters<Rig["place"]>[0] = {}): Place {
  const place = rig.place(parts);
  rig.simulator.world.setPermission("mia", place.fullName, "maintain");
  return place;
}

interface Asking {
  readonly body?: unknown;
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(path: string, { body, method, token: other, headers }: Asking = {}) {
  const response = await fetch(`${rig.relay.url}/api/v1${path}`, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    redirect: "manual",
    headers: {
      authorization: `Bearer ${other ?? token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const { status, headers: answered } = response;
  const answer = text === "" ? null : JSON.parse(text);
  const [where = ""] = path.split("?");
  const at = { method: method ?? (body === undefined ? "GET" : "POST"), path: `/api/v1${where}` };
  expect(undescribed({ ...at, status, body: answer })).toEqual([]);
  return { status, headers: answered, body: answer };
}

test("a merge that is over is built again by hand, as another generation", async () => {
  const place = ours();
  const { number, sha } = place.merge();
  await place.settled();
  const repos = `/repos/${place.fullName}`;
  const ordered = await ask(`${repos}/dispatches`, {
    body: { pull_request: number, expected_sha: sha, reason: "a base image was fixed" },
  });
  expect(ordered.status).toBe(202);
  expect(ordered.body.dispatches).toMatchObject([{ generation: 2, sha, actor: "mia" }]);
  await place.settled(2);
  expect(place.dispatches()).toHaveLength(2);
  const { body } = await ask(`${repos}/dispatches/${ordered.body.dispatches[0].id}`);
  expect(body).toMatchObject({ state: "succeeded", generation: 2, event: "api" });
});

test("the same request under the same key is one order, another under it is refused", async () => {
  const place = ours();
  const { number } = place.merge();
  await place.settled();
  const path = `/repos/${place.fullName}/dispatches`;
  const headers = { "idempotency-key": "again-1" };
  const first = await ask(path, { body: { pull_request: number }, headers });
  await place.settled(2);
  const second = await ask(path, { body: { pull_request: number }, headers });
  expect(second.status).toBe(202);
  expect(second.body.dispatches[0].id).toBe(first.body.dispatches[0].id);
  const other = await ask(path, { body: { pull_request: number, reason: "else" }, headers });
  expect([other.status, other.body.code]).toEqual([422, "idempotency-key-reused"]);
  expect(place.dispatches()).toHaveLength(2);
});

test("a commit that moved, a merge that is none and a number that does not exist", async () => {
  const place = ours();
  const path = `/repos/${place.fullName}/dispatches`;
  const { number } = place.merge();
  await place.settled();
  const wrong = { pull_request: number, expected_sha: "0".repeat(40) };
  const moved = await ask(path, { body: wrong });
  expect([moved.status, moved.body.code]).toEqual([409, "expected-sha-moved"]);
  const open = place.open();
  const denied = await ask(path, { body: { pull_request: open } });
  expect([denied.status, denied.body.code]).toEqual([422, "denied-by-policy"]);
  expect(denied.body.reason).toBe(denied.body.plan.reason);
  expect(denied.body.reason).toBe("not-merged");
  expect(denied.body.trace.length).toBeGreaterThan(0);
  const absent = await ask(path, { body: { pull_request: 4711 } });
  expect([404, 422]).toContain(absent.status);
  expect(place.dispatches()).toHaveLength(1);
});

test("a dry run and an explanation say what would be done, and do nothing", async () => {
  const place = ours();
  const open = place.open();
  const explained = await ask(`/repos/${place.fullName}/pulls/${open}/explain`);
  expect(explained.status).toBe(200);
  expect(explained.body.verdict).not.toBe("dispatch");
  expect(explained.body.trace).toEqual(
    expect.arrayContaining([expect.objectContaining({ passed: false })]),
  );
  const dry = await ask(`/repos/${place.fullName}/dispatches`, {
    body: { pull_request: open, dry_run: true },
  });
  expect([dry.status, dry.body.plan.verdict]).toEqual([200, explained.body.verdict]);
  expect(place.posts()).toEqual([]);
});

test("a paused repository holds a merge, which goes once it is resumed", async () => {
  const place = ours();
  const repos = `/repos/${place.fullName}`;
  const paused = await ask(`${repos}/pause`, { body: { reason: "registry is down" } });
  expect(paused.body).toMatchObject({ paused: true, paused_by: "mia" });
  place.merge();
  await place.inState("held");
  const { body: status } = await ask(`${repos}/status`);
  expect([status.paused, status.held > 0]).toEqual([true, true]);
  expect(place.posts()).toEqual([]);
  expect((await ask(`${repos}/resume`, { method: "POST" })).body.paused).toBe(false);
  await place.settled();
  const [{ id }] = (await ask(`${repos}/dispatches?state=succeeded`)).body.dispatches;
  const { body } = await ask(`${repos}/dispatches/${id}`);
  expect(body.state).toBe("succeeded");
  const late = await ask(`${repos}/dispatches/${id}/cancel`, { method: "POST" });
  expect([late.status, late.body.dispatch.state]).toEqual([409, "succeeded"]);
  const again = await ask(`${repos}/dispatches/${id}/replay`, { method: "POST" });
  expect([again.status, again.body.dispatches[0].generation]).toEqual([202, 2]);
});

test("a dispatch that is held is cancelled, and found again by the filter", async () => {
  const place = ours();
  const repos = `/repos/${place.fullName}`;
  await ask(`${repos}/pause`, { method: "POST" });
  place.merge();
  const { id } = await place.inState("held");
  const cancelled = await ask(`${repos}/dispatches/${id}/cancel`, { method: "POST" });
  expect([cancelled.status, cancelled.body.state]).toEqual([200, "cancelled"]);
  await ask(`${repos}/resume`, { method: "POST" });
  const body = { states: ["cancelled"] };
  const shown = await ask(`${repos}/replay`, { body });
  expect([shown.status, shown.body.dispatches[0].id]).toEqual([200, id]);
  expect(place.posts()).toEqual([]);
  const done = await ask(`${repos}/replay`, { body: { ...body, dry_run: false } });
  expect(done.status).toBe(202);
  await place.settled(2);
  expect(place.dispatches()).toHaveLength(1);
});

test("the index lists what the caller may see, and counts it", async () => {
  const place = ours();
  const hidden = rig.place({ name: "hidden" });
  const { world } = rig.simulator;
  world.setPermission("nora", place.fullName, "maintain");
  world.setPermission("nora", hidden.fullName, "write");
  place.merge();
  hidden.merge();
  await Promise.all([place.settled(), hidden.settled()]);
  const asNora = { token: world.classicToken("nora", ["repo"]) };
  const { dispatches } = await waitFor("the index", async () => {
    const { body } = await ask("/dispatches?state=succeeded", asNora);
    return body.dispatches.length > 0 ? body : null;
  });
  expect(dispatches).toMatchObject([{ repository: place.fullName, state: "succeeded" }]);
  const { body } = await ask("/repositories", asNora);
  expect(body.repositories).toMatchObject([{ repository: place.fullName, succeeded: 1 }]);
  expect((await ask("/stats", asNora)).body.dispatches).toEqual({ succeeded: 1 });
  const nobodys = { token: world.classicToken("oscar", ["repo"]) };
  expect((await ask("/dispatches", nobodys)).body.dispatches).toEqual([]);
});

test("a workflow run asks for its own repository as the person who started it", async () => {
  const place = ours();
  const { number } = place.merge();
  const [row] = await place.settled();
  const path = `/repos/${place.fullName}/dispatches`;
  const { world } = rig.simulator;
  const actor = String(world.addUser("mia").id);
  const tokenWith = (claims: Record<string, unknown>) =>
    world.mintRunToken(row?.run_id ?? 0, rig.relay.url, { actor_id: actor, ...claims });
  const body = { pull_request: number };
  const other = ours();
  for (const [status, claims, to] of [
    [401, { event_name: "pull_request_target" }, path],
    [401, { aud: "https://another.test" }, path],
    [401, { exp: 1 }, path],
    [403, { ref: "refs/heads/feature" }, path],
    [403, { actor_id: String(world.addUser("oscar").id) }, path],
    [404, {}, `/repos/${other.fullName}/dispatches`],
  ] as const) {
    const answer = await ask(to, { body, token: tokenWith(claims) });
    expect([claims, answer.status]).toEqual([claims, status]);
  }
  expect(place.dispatches()).toHaveLength(1);
  const taken = await ask(path, { body, token: tokenWith({}) });
  expect([taken.status, taken.body.dispatches[0].actor]).toEqual([202, "mia"]);
});

test("no token of somebody's reaches a log", async () => {
  const place = ours();
  const { world } = rig.simulator;
  const narrow = world.fineGrainedToken("mia", { metadata: "read" });
  const path = `/repos/${place.fullName}/dispatches`;
  const refused = await ask(path, { body: { pull_request: 1 }, token: narrow });
  expect(refused.body.code).toBe("token-too-narrow");
  await ask(path, { token: "gho_made-up-and-secret" });
  const logs = rig.relay.logs().join("\n");
  for (const secret of [token, narrow, "gho_made-up-and-secret"])
    expect(logs).not.toContain(secret);
});

test("a caller who asks too often waits", async () => {
  const place = ours();
  const eager = rig.simulator.world.classicToken("mia", ["repo"]);
  const path = `/repos/${place.fullName}/status`;
  const statuses: number[] = [];
  // 120 a minute, counted by the clock's minute: these may fall into two of them.
  for (let batch = 0; batch < 25 && !statuses.includes(429); batch++) {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask(path, { token: eager })),
    );
    statuses.push(...answers.map(({ status }) => status));
    const [over] = answers.filter(({ status }) => status === 429);
    if (over) expect(over.headers.get("retry-after")).toBe("60");
  }
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(100);
  expect(statuses).toContain(429);
});
