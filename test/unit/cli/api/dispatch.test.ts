import { expect, test } from "vitest";
import { registerDispatch } from "../../../../src/cli/dispatch.ts";
import { runCommandLine } from "../run-command.ts";
import { runAt } from "./run-api-command.ts";
import { aDispatch, ID, problem, startStandIn } from "./stand-in-relay.ts";

const TAKEN = { status: 202, body: { dispatches: [aDispatch()], dry_run: false } };
const DENIED_PLAN = {
  pull_request: 12,
  tag: null,
  sha: null,
  branch: "main",
  verdict: "rejected",
  reason: "not-merged",
  remedy: "Merge it first.",
  routes: [],
  trace: [
    { rule: "owner-allowed", route: null, saw: "owner acme", passed: true, change: null },
    { rule: "branch", route: "app", saw: "dev", passed: false, change: "Name dev in branches." },
  ],
};
const PLANNED = { plan: DENIED_PLAN, trace: DENIED_PLAN.trace };

function later(state: string, more: object = {}) {
  const { history } = aDispatch();
  const step = { at: "2026-11-24T08:00:09.000Z", state, cause: "run 7", actor: "relay" };
  return { body: aDispatch({ state, history: [...history, step], ...more }) };
}

test("orders what the options name, each order under a key of its own", async () => {
  const relay = await startStandIn(TAKEN);
  const options = ["--reason", "base fixed", "--route", "app", "--expected-sha", "b".repeat(40)];
  const argv = ["dispatch", "acme/app", "--pull-request", "12", ...options];
  const { code, out, error } = await runAt(relay, registerDispatch, argv);
  expect([code, error]).toEqual([0, ""]);
  expect(out).toContain(ID);
  await runAt(relay, registerDispatch, argv);
  const [first, second] = relay.asked;
  expect(first).toMatchObject({ method: "POST", path: "/api/v1/repos/acme/app/dispatches" });
  expect(first?.body).toEqual({
    pull_request: 12,
    reason: "base fixed",
    route: "app",
    expected_sha: "b".repeat(40),
  });
  const keys = [first, second].map((one) => one?.headers["idempotency-key"]);
  expect(keys).toEqual([expect.stringMatching(/^[\w-]{36}$/), expect.anything()]);
  expect(keys[0]).not.toBe(keys[1]);
});

test("sends a key that was given, a commit with its branch, and a tag", async () => {
  const relay = await startStandIn(TAKEN);
  const key = ["--idempotency-key", "fix-1"];
  const commit = ["--sha", "c".repeat(40), "--branch", "main"];
  await runAt(relay, registerDispatch, ["dispatch", "acme/app", ...commit, ...key]);
  await runAt(relay, registerDispatch, ["dispatch", "acme/app", "--tag", "v1"]);
  expect(relay.asked.map(({ body }) => body)).toEqual([
    { sha: "c".repeat(40), branch: "main" },
    { tag: "v1" },
  ]);
  expect(relay.asked[0]?.headers["idempotency-key"]).toBe("fix-1");
});

test.each([
  [[]],
  [["--sha", "c".repeat(40)]],
  [["--tag", "v1", "--pull-request", "1"]],
  [["--pull-request", "one"]],
  [["--pull-request", "1", "--dry-run", "--watch"]],
])("asks nothing of the relay for %j", async (options) => {
  const relay = await startStandIn(TAKEN);
  const { code } = await runAt(relay, registerDispatch, ["dispatch", "acme/app", ...options]);
  expect([code, relay.asked]).toEqual([2, []]);
});

test("prints the plan of a dry run, and the trace of a refusal", async () => {
  const argv = ["dispatch", "acme/app", "--pull-request", "12"];
  const dry = await startStandIn({ body: PLANNED });
  const planned = await runAt(dry, registerDispatch, [...argv, "--dry-run"]);
  const denied = await startStandIn(problem(422, "denied-by-policy", PLANNED));
  const refused = await runAt(denied, registerDispatch, argv);
  expect([planned.code, refused.code]).toEqual([0, 1]);
  for (const text of [planned.out, refused.error]) {
    expect(text).toContain("rejected: not-merged");
    expect(text).toContain("✓ owner-allowed: owner acme");
    expect(text).toContain("✗ branch (app): dev — Name dev in branches.");
  }
});

test.each([
  [problem(401, "unauthorized"), 1, "from MERGE_RELAY_TOKEN"],
  [problem(403, "role-missing", { role: "maintain" }), 1, "the role maintain"],
  [problem(403, "token-too-narrow", { detail: "actions write" }), 1, "actions write"],
  [problem(404, "not-found"), 1, "pull request 12 in acme/app"],
  [problem(409, "expected-sha-moved", { sha: "d".repeat(40) }), 1, "d".repeat(40)],
  [problem(409, "something-new", { detail: "as it is" }), 1, "as it is"],
  [problem(422, "idempotency-key-reused"), 1, "another --idempotency-key"],
  [
    problem(400, "invalid-request", {
      errors: [
        { field: "expected_sha", message: "must be a full commit id" },
        { field: "Idempotency-Key", message: "must be printable" },
      ],
    }),
    2,
    "--expected-sha must be a full commit id.\n--idempotency-key must be printable.",
  ],
  [{ status: 302, headers: { location: "https://login.example" } }, 1, "https://login.example"],
  [{ status: 404, text: "<h1>" }, 1, "--url"],
  [{ body: { nonsense: true } }, 1, "--url"],
])("says what is wrong and what to do: %#", async (told, exitCode, words) => {
  const relay = await startStandIn(told);
  const argv = ["dispatch", "acme/app", "--pull-request", "12"];
  const { code, out, error } = await runAt(relay, registerDispatch, argv);
  expect([code, out]).toEqual([exitCode, ""]);
  expect(error).toContain(words);
  expect(error).not.toContain("gho_secret");
});

test("gives programs the problem as the relay said it", async () => {
  const relay = await startStandIn(problem(403, "role-missing", { role: "maintain" }));
  const argv = ["dispatch", "acme/app", "--tag", "v1", "--json"];
  const { code, out } = await runAt(relay, registerDispatch, argv);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ code: "role-missing", role: "maintain" });
});

test("watches to the end, step by step, and says by its exit code whether it was published", async () => {
  const argv = ["dispatch", "acme/app", "--pull-request", "12", "--watch"];
  const good = await startStandIn(TAKEN, later("succeeded"));
  const published = await runAt(good, registerDispatch, argv);
  expect(published.code).toBe(0);
  expect(published.out).toMatch(/queued +asked by hand\n.*succeeded +run 7\n/);
  expect(published.out.match(/asked by hand/g)).toHaveLength(1);
  expect(published.out).toContain("\nPublished.\n");
  const bad = await startStandIn(TAKEN, later("failed", { remedy: "Give packages: write." }));
  const failed = await runAt(bad, registerDispatch, argv);
  expect(failed.code).toBe(1);
  expect(failed.out).toContain("Give packages: write.");
  expect(failed.out).toContain("\nNot published.\n");
}, 15_000);

test("watches through an outage, and keeps its progress out of the document", async () => {
  const busy = { ...problem(429, "too-many-requests"), headers: { "retry-after": "3600" } };
  const relay = await startStandIn(TAKEN, busy, later("succeeded"));
  const argv = ["dispatch", "acme/app", "--pull-request", "12", "--watch", "--json"];
  const { code, out, error } = await runAt(relay, registerDispatch, argv);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ published: true, dispatches: [{ id: ID }] });
  expect(error).toContain("asked by hand");
}, 15_000);

const NASTY = "red\u001B[31m \u009B2J bell\u0007 \u202Eoverride";

test("shows no control character from the network, and loses none of it as JSON", async () => {
  const dispatches = [aDispatch({ branch: NASTY, route: NASTY, remedy: NASTY, state: NASTY })];
  const relay = await startStandIn({ body: { dispatches } });
  const argv = ["dispatch", "acme/app", "--tag", "v1"];
  const refusing = await startStandIn(problem(409, "new", { title: NASTY, detail: NASTY }));
  const json = await runAt(relay, registerDispatch, [...argv, "--json"]);
  const printed = [await runAt(relay, registerDispatch, argv), json];
  printed.push(await runAt(refusing, registerDispatch, argv));
  for (const { out, error } of printed) {
    expect(out + error).toContain("override");
    // oxlint-disable-next-line no-control-regex -- that is the point
    expect(out + error).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
  }
  expect(JSON.parse(json.out).dispatches).toEqual(dispatches);
});

test("names the relay's variable where no relay is named, and refuses an unsafe one", async () => {
  const argv = ["dispatch", "acme/app", "--tag", "v1"];
  const none = await runCommandLine(registerDispatch, argv);
  expect([none.code, none.error]).toEqual([2, expect.stringContaining("MERGE_RELAY_URL")]);
  const plain = await runCommandLine(registerDispatch, [...argv, "--url", "http://relay.example"]);
  expect([plain.code, plain.error]).toEqual([2, expect.stringContaining("https")]);
});
