/** What a maintainer asks for, as the ledger is told, and what comes back over HTTP. */
import { describe, expect, test } from "vitest";
import { PLAN, view } from "./support/fake-desk.ts";
import { openRoom } from "./support/api-room.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";

describe("an order", () => {
  test("tells the ledger whom it is from, what for, and what to expect", async () => {
    const { askApp, asked, answers, repository } = await openRoom();
    answers.order = { kind: "taken", dispatches: [view(repository.id, 1)] };
    const body = { pull_request: 7, route: "image", reason: "a base fix", expected_sha: SHA };
    const { status, body: answer } = await askApp("/dispatches", { body });
    expect(status).toBe(202);
    expect(answer.dispatches).toMatchObject([{ pull_request: 7 }]);
    expect(asked).toMatchObject([
      {
        verb: "order",
        repositoryId: repository.id,
        with: [
          { id: repository.id, owner: "acme", name: "app" },
          {
            subject: { kind: "pull", pullRequest: 7 },
            route: "image",
            reason: "a base fix",
            expectedSha: SHA,
            dryRun: false,
            actor: { login: "mia" },
            via: "api",
            idempotency: null,
          },
        ],
      },
    ]);
  });

  test.each([
    [
      { sha: SHA.toUpperCase(), branch: "release/1" },
      { kind: "commit", sha: SHA, branch: "release/1" },
    ],
    [{ tag: "v1.2" }, { kind: "tag", tag: "v1.2" }],
  ])("may name %j", async (body, subject) => {
    const { askApp, asked } = await openRoom();
    expect((await askApp("/dispatches", { body })).status).toBe(202);
    expect(asked[0]?.with[1]).toMatchObject({ subject });
  });

  test.each<[string, unknown, string]>([
    ["nothing", {}, "body"],
    ["two things", { pull_request: 7, tag: "v1" }, "body"],
    ["a commit without its branch", { sha: SHA }, "body"],
    ["a branch without its commit", { branch: "main" }, "body"],
    ["a short commit", { sha: "abc", branch: "main" }, "sha"],
    ["a number as text", { pull_request: "7" }, "pull_request"],
    ["no whole number", { pull_request: 1.5 }, "pull_request"],
    ["a number below one", { pull_request: 0 }, "pull_request"],
    ["a branch that git refuses", { sha: SHA, branch: "a..b" }, "branch"],
    ["a tag with a line break", { tag: "v1\nx: y" }, "tag"],
    ["a route that has no such name", { tag: "v1", route: "../x" }, "route"],
    ["two lines of reason", { tag: "v1", reason: "a\nb" }, "reason"],
    ["a short expected commit", { tag: "v1", expected_sha: "abc" }, "expected_sha"],
    ["a dry run in words", { tag: "v1", dry_run: "yes" }, "dry_run"],
    ["a field of another kind", { tag: "v1", inputs: {} }, "inputs"],
    ["a list", [], "body"],
    ["null", null, "body"],
  ])("that names %s is refused at its field", async (_name, body, field) => {
    const { askApp, asked } = await openRoom();
    const answer = await askApp("/dispatches", { body });
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
    expect(answer.body.errors[0].message).not.toMatch(/Invalid|Expected/);
    expect(asked).toEqual([]);
  });

  test("that names two wrong fields hears of both", async () => {
    const { askApp } = await openRoom();
    const { body } = await askApp("/dispatches", { body: { pull_request: 0, dry_run: 1 } });
    expect(body.errors).toEqual([
      { field: "pull_request", message: "must be at least 1" },
      { field: "dry_run", message: "must be true or false" },
    ]);
  });

  test("that is a dry run is answered with the plan and changes nothing", async () => {
    const { askApp, answers, asked } = await openRoom();
    answers.order = { kind: "planned", plan: PLAN };
    const headers = { "idempotency-key": "k1" };
    const body = { pull_request: 7, dry_run: true };
    const answer = await askApp("/dispatches", { body, headers });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ plan: { verdict: "skipped" }, trace: PLAN.trace });
    expect(asked[0]?.with[1]).toMatchObject({ dryRun: true, idempotency: null });
  });

  test.each([
    [{ kind: "denied", plan: PLAN }, 422, "denied-by-policy"],
    [{ kind: "moved", sha: SHA }, 409, "expected-sha-moved"],
    [{ kind: "key-reused" }, 422, "idempotency-key-reused"],
    [{ kind: "absent" }, 404, "not-found"],
    [{ kind: "later", cause: "rate-limited" }, 503, "github-unavailable"],
  ] as const)("that comes to %j", async (order, status, code) => {
    const { askApp, answers } = await openRoom();
    answers.order = order;
    const answer = await askApp("/dispatches", { body: { tag: "v1" } });
    expect(answer.status).toBe(status);
    expect(answer.body.code).toBe(code);
    if (order.kind === "denied") expect(answer.body.plan.trace).toEqual(PLAN.trace);
    if (order.kind === "moved") expect(answer.body.sha).toBe(SHA);
    if (order.kind === "later") expect(answer.headers.get("retry-after")).toBe("10");
  });

  test("that a ledger cannot take now may be repeated", async () => {
    const { askApp, answers } = await openRoom();
    answers.fault = Object.assign(new Error("overloaded"), { overloaded: true });
    const answer = await askApp("/dispatches", { body: { tag: "v1" } });
    expect([answer.status, answer.body.code]).toEqual([503, "ledger-unavailable"]);
    answers.fault = new Error("a bug with a secret in it");
    const bug = await askApp("/dispatches", { body: { tag: "v1" } });
    expect([bug.status, JSON.stringify(bug.body)]).toEqual([
      500,
      expect.not.stringMatching(/secret/),
    ]);
  });
});

describe("an Idempotency-Key", () => {
  test("is the caller's own, and tells another request from the same one", async () => {
    const { askApp, asked, world } = await openRoom();
    const order = (raw: string, token?: string) =>
      askApp("/dispatches", {
        raw,
        headers: { "idempotency-key": "k-1" },
        ...(token === undefined ? {} : { token }),
      });
    await order('{"tag":"v1"}');
    await order('{ "dry_run": false, "tag": "v1" }');
    await order('{"tag":"v2"}');
    await order('{"tag":"v1"}', world.classicToken("ada", ["repo"]));
    const keys = asked.map((one) => (one.with[1] as { idempotency: object }).idempotency);
    expect(keys[1]).toEqual(keys[0]);
    expect(keys[2]).toMatchObject({ key: (keys[0] as { key: string }).key });
    expect(keys[2]).not.toEqual(keys[0]);
    expect(keys[3]).not.toMatchObject({ key: (keys[0] as { key: string }).key });
  });

  test.each(["", " ", "a b", "x".repeat(201), "é"])("%j is refused", async (key) => {
    const { askApp } = await openRoom();
    const headers = { "idempotency-key": key };
    const { status, body } = await askApp("/dispatches", { body: { tag: "v1" }, headers });
    expect([status, body.errors[0].field]).toEqual([400, "Idempotency-Key"]);
  });

  test("of one request means nothing for another path", async () => {
    const { askApp, asked, repository } = await openRoom();
    const headers = { "idempotency-key": "k-1" };
    const ids = [1, 2].map((ordinal) => view(repository.id, ordinal).id);
    for (const id of ids) {
      await askApp(`/dispatches/${id}/replay`, { method: "POST", headers });
    }
    const digests = asked.map(
      (one) => (one.with[2] as { idempotency: { digest: string } }).idempotency.digest,
    );
    expect(new Set(digests).size).toBe(2);
  });
});

describe("replay and cancel", () => {
  test("repeat one finished dispatch", async () => {
    const { askApp, asked, repository } = await openRoom();
    const { id } = view(repository.id, 1);
    const body = { reason: "again" };
    expect((await askApp(`/dispatches/${id}/replay`, { body })).status).toBe(202);
    expect(asked[0]).toMatchObject({
      verb: "replay",
      with: [{ id: repository.id }, id, { reason: "again", dryRun: false, via: "api" }],
    });
  });

  test("show what would be repeated unless told to do it", async () => {
    const { askApp, asked } = await openRoom();
    const shown = await askApp("/replay", { method: "POST" });
    expect([shown.status, shown.body.dry_run]).toEqual([200, true]);
    const body = { states: ["failed"], since: "2026-11-01", limit: 5, dry_run: false };
    const done = await askApp("/replay", { body });
    expect([done.status, done.body.dry_run]).toEqual([202, false]);
    const [first, second] = asked.map((one) => one.with);
    expect(first?.[1]).toMatchObject({ states: ["exhausted", "failed"], limit: 30, since: null });
    expect(first?.[2]).toMatchObject({ dryRun: true });
    expect(second?.[1]).toMatchObject({
      states: ["failed"],
      limit: 5,
      since: Date.parse("2026-11-01"),
    });
    expect(second?.[2]).toMatchObject({ dryRun: false });
  });

  test.each([
    [{ states: ["succeeded"] }, "states.0"],
    [{ states: [] }, "states"],
    [{ since: "yesterday" }, "since"],
    [{ since: "2026-13-45" }, "since"],
    [{ since: "2026-02-30" }, "since"],
    [{ since: "2026-02-29T08:00:00+01:00" }, "since"],
    [{ limit: 101 }, "limit"],
  ])("refuse %j", async (body, field) => {
    const { askApp } = await openRoom();
    const answer = await askApp("/replay", { body });
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, field]);
  });

  test.each([
    ["cancelled", 200],
    ["cancelling", 202],
    ["not-now", 409],
  ] as const)("%s", async (kind, status) => {
    const { askApp, answers, repository } = await openRoom();
    const dispatch = view(repository.id, 1);
    answers.cancel = { kind, dispatch };
    const answer = await askApp(`/dispatches/${dispatch.id}/cancel`, { method: "POST" });
    expect(answer.status).toBe(status);
    expect(kind === "not-now" ? answer.body.dispatch : answer.body).toEqual(dispatch);
  });
});
