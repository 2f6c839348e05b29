import { expect, test } from "vitest";
import { createRelay, type RelayCall } from "../../../../src/cli/api/relay.ts";
import { problem, startStandIn, type StandIn } from "./stand-in-relay.ts";

const ORDER: RelayCall = {
  method: "POST",
  path: "/repos/acme/app/dispatches",
  body: { pull_request: 12 },
  idempotencyKey: "key-1",
};

/** A relay whose waiting takes no time and is written down. */
function relayAt({ url }: Pick<StandIn, "url">) {
  const waits: number[] = [];
  const relay = createRelay({
    url,
    credential: { source: "a test", token: () => Promise.resolve("gho_secret") },
    onWait: () => {},
    sleep: (ms) => Promise.resolve(void waits.push(ms)),
    random: () => 0,
  });
  return { ask: (call: Partial<RelayCall> = {}) => relay.ask({ ...ORDER, ...call }), waits };
}

test("sends an order again under the same key when its answer is lost", async () => {
  const server = await startStandIn({ lost: true }, problem(503, "x"), { body: { done: true } });
  const { ask, waits } = relayAt(server);
  expect(await ask()).toEqual({ kind: "answer", body: { done: true } });
  expect(server.asked.map(({ headers }) => headers["idempotency-key"])).toEqual(
    Array.from({ length: 3 }, () => "key-1"),
  );
  expect(new Set(server.asked.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(waits).toEqual([500, 1_000]);
});

test("gives up after four attempts", async () => {
  const server = await startStandIn({ lost: true });
  expect(await relayAt(server).ask()).toMatchObject({ kind: "silent" });
  expect(server.asked).toHaveLength(4);
});

test("waits once for as long as a 429 says, and not for ever", async () => {
  const busy = { ...problem(429, "too-many-requests"), headers: { "retry-after": "7" } };
  const server = await startStandIn(busy);
  const { ask, waits } = relayAt(server);
  expect(await ask()).toMatchObject({ kind: "refused", status: 429 });
  expect([server.asked.length, waits]).toEqual([2, [7_000]]);
  const long = await startStandIn({ ...busy, headers: { "retry-after": "3600" } });
  await relayAt(long).ask();
  expect(long.asked).toHaveLength(1);
});

test.each([
  [400, "invalid-request"],
  [409, "expected-sha-moved"],
  [422, "denied-by-policy"],
  [500, "misconfigured"],
])("does not repeat what stays wrong: %i %s", async (status, code) => {
  const server = await startStandIn(problem(status, code));
  expect(await relayAt(server).ask()).toMatchObject({ kind: "refused", problem: { code } });
  expect(server.asked).toHaveLength(1);
});

test("carries a token to the relay and not along a redirect", async () => {
  const other = await startStandIn({ body: {} });
  const server = await startStandIn({ status: 307, headers: { location: other.url } });
  expect(await relayAt(server).ask()).toEqual({
    kind: "foreign",
    status: 307,
    location: other.url,
  });
  expect(server.asked[0]?.headers["authorization"]).toBe("Bearer gho_secret");
  expect(other.asked).toEqual([]);
});

test("takes nothing for an answer that no relay would send", async () => {
  const page = await startStandIn({ status: 404, text: "<h1>Not found</h1>" });
  expect(await relayAt(page).ask()).toMatchObject({ kind: "foreign", status: 404 });
  const half = await startStandIn({ status: 404, body: { message: "Not Found" } });
  expect(await relayAt(half).ask()).toMatchObject({ kind: "foreign", status: 404 });
});

test("asks nothing more once it is interrupted", async () => {
  const ending = new AbortController();
  const server = await startStandIn(() => {
    ending.abort();
    return { lost: true };
  });
  await expect(relayAt(server).ask({ signal: ending.signal })).rejects.toThrow();
  expect(server.asked).toHaveLength(1);
});
