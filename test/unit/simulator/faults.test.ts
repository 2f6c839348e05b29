import { expect, test } from "vitest";
import type { FaultAction, FaultMatch } from "../../../src/simulator/faults.ts";
import { createFaults } from "../../../src/simulator/faults.ts";
import { createRandom } from "../../../src/simulator/random.ts";
import { startAcme } from "./support/acme.ts";
import { installationClient } from "./support/client.ts";

const DISPATCH = "POST /repos/acme/app/actions/workflows/publish-image.yml/dispatches";
const BODY = { ref: "main", inputs: { dispatch_id: "d", sha: "a".repeat(40) } };

async function startWithFault(action: FaultAction) {
  const acme = await startAcme({ autoRun: false });
  const client = await installationClient(acme.simulator, acme.installation.id);
  const match: FaultMatch = { method: "POST", path: /dispatches$/, times: 1 };
  acme.simulator.faults.add({ match, action });
  const dispatch = () => client(DISPATCH, { body: BODY, unchecked: true });
  return { ...acme, client, dispatch };
}

test("answers a status before or after the dispatch took effect", async () => {
  for (const [when, count] of [
    ["before", 0],
    ["after", 1],
  ] as const) {
    const action = { kind: "status", status: 502, headers: { "x-odd": "1" }, when } as const;
    const { simulator, dispatch } = await startWithFault(action);
    const reply = await dispatch();
    expect([reply.status, reply.headers.get("x-odd")]).toEqual([502, "1"]);
    expect(simulator.dispatches).toHaveLength(count);
    expect(simulator.requests.at(-1)).toMatchObject({
      answered: 502,
      status: when === "after" ? 204 : null,
      fault: { kind: "status" },
    });
    expect((await dispatch()).status).toBe(204);
  }
});

test("resets the connection before or after the effect", async () => {
  for (const [when, count] of [
    ["before", 0],
    ["after", 1],
  ] as const) {
    const { simulator, dispatch } = await startWithFault({ kind: "reset", when });
    await expect(dispatch()).rejects.toThrow("fetch failed");
    expect(simulator.dispatches).toHaveLength(count);
  }
});

test("hangs until the caller gives up", async () => {
  const { simulator, dispatch } = await startWithFault({ kind: "hang", when: "after" });
  const outcome = await Promise.race([
    dispatch().catch(() => "ended"),
    new Promise((resolve) => setTimeout(resolve, 150, "still waiting")),
  ]);
  expect(outcome).toBe("still waiting");
  expect(simulator.dispatches).toHaveLength(1);
});

test("is late, before or after the effect", async () => {
  for (const [when, count] of [
    ["before", 0],
    ["after", 1],
  ] as const) {
    const { simulator, dispatch } = await startWithFault({ kind: "latency", ms: 200, when });
    const pending = dispatch();
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(simulator.dispatches).toHaveLength(count);
    expect((await pending).status).toBe(204);
    expect(simulator.dispatches).toHaveLength(1);
  }
});

test("cuts a body short, or sends a page where JSON was promised", async () => {
  const { simulator, client } = await startWithFault({ kind: "truncate" });
  simulator.faults.add({
    match: { path: "/repos/acme/app", nth: 1 },
    action: { kind: "truncate" },
  });
  await expect(client("GET /repos/acme/app", { unchecked: true })).rejects.toThrow("terminated");
  simulator.faults.add({
    match: { path: "/repos/acme/app", nth: 1 },
    action: { kind: "not-json" },
  });
  const page = await client("GET /repos/acme/app", { unchecked: true });
  expect([page.status, page.headers.get("content-type")]).toEqual([
    200,
    "text/html; charset=utf-8",
  ]);
  simulator.faults.add({
    match: { path: "/repos/acme/app", nth: 1 },
    action: { kind: "html-502" },
  });
  const gateway = await client("GET /repos/acme/app", { unchecked: true });
  expect([gateway.status, String(gateway.body).startsWith("<html>")]).toEqual([502, true]);
});

test("says too much in every form that GitHub knows", async () => {
  const forms = [
    ["primary", 403, null, "0"],
    ["429-retry-after", 429, "7", null],
    ["secondary-retry-after", 403, "7", null],
    ["secondary-message", 403, null, null],
    ["429-bare", 429, null, null],
  ] as const;
  for (const [shape, status, retryAfter, remaining] of forms) {
    const { simulator, dispatch } = await startWithFault({ kind: "rate-limit", shape, seconds: 7 });
    const { headers, ...reply } = await dispatch();
    expect(reply.status).toBe(status);
    expect(headers.get("retry-after")).toBe(retryAfter);
    expect(headers.get("x-ratelimit-remaining")).toBe(remaining);
    expect(simulator.dispatches).toEqual([]);
  }
});

test("says 401 as to a clock that runs ahead", async () => {
  const { dispatch } = await startWithFault({ kind: "clock-skew" });
  const reply = await dispatch();
  expect(reply.status).toBe(401);
  expect(reply.body.message).toContain("'Issued at' claim");
});

test("counts the real quota, and refuses beyond it when asked to", async () => {
  const { simulator, client } = await startWithFault({ kind: "truncate" });
  const before = await client("GET /repos/acme/app");
  expect(Number(before.headers.get("x-ratelimit-remaining"))).toBeLessThan(5_000);
  simulator.quota.limit = Number(before.headers.get("x-ratelimit-used"));
  simulator.quota.enforced = true;
  const over = await client("GET /repos/acme/app");
  expect([over.status, over.headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
});

function draw(seed: number): boolean[] {
  const faults = createFaults(createRandom(seed));
  faults.add({ match: { probability: 0.3 }, action: { kind: "reset" } });
  return Array.from({ length: 200 }, () => faults.pick("GET", "/") !== null);
}

test("draws chances from the seed: the same seed, the same faults", () => {
  expect(draw(42)).toEqual(draw(42));
  expect(draw(42)).not.toEqual(draw(43));
  const hits = draw(42).filter(Boolean).length;
  expect(hits).toBeGreaterThan(30);
  expect(hits).toBeLessThan(90);
});

test("matches by method, path, place and number of times, and can be taken away", () => {
  const faults = createFaults(createRandom(1));
  const picks = (count: number) =>
    Array.from({ length: count }, () => faults.pick("GET", "/a/b")?.kind ?? null);
  faults.add({ match: { method: "post" }, action: { kind: "hang" } });
  faults.add({ match: { path: "/other" }, action: { kind: "hang" } });
  const remove = faults.add({
    match: { path: /^\/a/, nth: 2, times: 2 },
    action: { kind: "reset" },
  });
  expect(picks(4)).toEqual([null, "reset", "reset", null]);
  remove();
  faults.add({ match: { times: 1 }, action: { kind: "truncate" } });
  expect(picks(2)).toEqual(["truncate", null]);
  faults.add({ match: {}, action: { kind: "hang" } });
  faults.clear();
  expect(picks(1)).toEqual([null]);
});
