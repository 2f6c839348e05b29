import { expect, test } from "vitest";
import { registerReplay } from "../../../../src/cli/replay.ts";
import { runAt } from "./run-api-command.ts";
import { aDispatch, ID, startStandIn } from "./stand-in-relay.ts";

const FITTING = { body: { dispatches: [aDispatch({ state: "failed" })], dry_run: true } };
const TAKEN = { status: 202, body: { dispatches: [aDispatch({ generation: 2 })], dry_run: false } };

test("repeats one dispatch by its id", async () => {
  const relay = await startStandIn(TAKEN);
  const argv = ["replay", "acme/app", ID, "--reason", "registry is back"];
  const { code, out } = await runAt(relay, registerReplay, argv);
  expect([code, out]).toEqual([0, expect.stringContaining("generation 2")]);
  expect(relay.asked).toMatchObject([
    {
      path: `/api/v1/repos/acme/app/dispatches/${ID}/replay`,
      body: { reason: "registry is back" },
      headers: { "idempotency-key": expect.stringMatching(/^[\w-]{36}$/) },
    },
  ]);
  const mixed = await runAt(relay, registerReplay, ["replay", "acme/app", ID, "--route", "app"]);
  expect([mixed.code, relay.asked.length]).toEqual([2, 1]);
});

test("orders nothing by filter where nobody can say yes", async () => {
  const relay = await startStandIn(FITTING);
  const { code, out, error } = await runAt(relay, registerReplay, ["replay", "acme/app"]);
  expect([code, out]).toEqual([2, ""]);
  expect(error).toContain(ID);
  expect(error).toContain("--yes");
  expect(relay.asked.map(({ body }) => body.dry_run)).toEqual([true]);
});

test("orders by filter with --yes, and only what the filter says", async () => {
  const relay = await startStandIn(TAKEN);
  const filter = ["--state", "failed,skipped", "--pull-request", "12", "--limit", "5"];
  const argv = ["replay", "acme/app", "--yes", "--since", "2026-11-24", ...filter];
  expect((await runAt(relay, registerReplay, argv)).code).toBe(0);
  expect(relay.asked).toMatchObject([{ path: "/api/v1/repos/acme/app/replay" }]);
  expect(relay.asked[0]?.body).toEqual({
    states: ["failed", "skipped"],
    pull_request: 12,
    since: "2026-11-24",
    limit: 5,
    dry_run: false,
  });
});

test("only looks in a dry run, also with --yes, and when nothing fits", async () => {
  const relay = await startStandIn(FITTING);
  const argv = ["replay", "acme/app", "--dry-run", "--yes"];
  expect((await runAt(relay, registerReplay, argv)).out).toContain(ID);
  const json = await runAt(relay, registerReplay, [...argv, "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ dispatches: [{ id: ID }] });
  const nothing = await startStandIn({ body: { dispatches: [], dry_run: true } });
  expect(await runAt(nothing, registerReplay, ["replay", "acme/app"])).toMatchObject({
    code: 0,
    out: "Nothing fits.\n",
  });
  expect([...relay.asked, ...nothing.asked].every(({ body }) => body.dry_run === true)).toBe(true);
});
