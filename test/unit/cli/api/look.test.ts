/** The commands that look: list, show, explain; and those that switch: cancel, pause, resume. */
import { expect, test } from "vitest";
import { registerCancel } from "../../../../src/cli/cancel.ts";
import { registerExplain } from "../../../../src/cli/explain.ts";
import { registerList } from "../../../../src/cli/list.ts";
import { registerPause, registerResume } from "../../../../src/cli/pause.ts";
import { registerShow } from "../../../../src/cli/show.ts";
import { runAt } from "./run-api-command.ts";
import { aDispatch, ID, startStandIn } from "./stand-in-relay.ts";

const OTHER = ID.replace(/0$/, "1");
const FIRST_PAGE = { body: { dispatches: [aDispatch()], next_cursor: ID } };
const LAST_PAGE = { body: { dispatches: [aDispatch({ id: OTHER })], next_cursor: null } };

test("lists a page and says how to go on, or every page", async () => {
  const relay = await startStandIn(FIRST_PAGE);
  const page = await runAt(relay, registerList, ["list", "acme/app", "--route", "app"]);
  expect(page.out).toMatch(/2026-11-24 08:00:00 {2}queued {2}#12 aaaaaaa {2}app +mia {2}mr-/);
  expect(page.error).toContain(`--cursor ${ID}`);
  const all = await startStandIn(FIRST_PAGE, LAST_PAGE);
  const both = await runAt(all, registerList, ["list", "acme/app", "--all", "--json"]);
  expect(JSON.parse(both.out)).toMatchObject({
    dispatches: [{ id: ID }, { id: OTHER }],
    next_cursor: null,
  });
  expect([...relay.asked, ...all.asked].map(({ path }) => path.replace("/api/v1", ""))).toEqual([
    "/repos/acme/app/dispatches?route=app",
    "/repos/acme/app/dispatches?limit=100",
    `/repos/acme/app/dispatches?limit=100&cursor=${ID}`,
  ]);
});

test("asks the index where the record of one repository has no such filter", async () => {
  const relay = await startStandIn(LAST_PAGE);
  const run = (...argv: string[]) => runAt(relay, registerList, ["list", ...argv]);
  await run("--everywhere", "--since", "2026-11-01");
  await run("acme/app", "--actor", "mia", "--route", "app", "--state", "failed");
  expect(relay.asked.map(({ path }) => path)).toEqual([
    "/api/v1/dispatches?since=2026-11-01",
    "/api/v1/dispatches?repository=acme%2Fapp&state=failed&route=app&actor=mia",
  ]);
  expect((await run("acme/app", "--actor", "mia", "--pull-request", "1")).code).toBe(2);
  expect((await run("acme/app", "--everywhere")).code).toBe(2);
  expect((await run("acme/app", "--state", "nonsense")).code).toBe(2);
});

const EXPLAINED = {
  body: {
    pull_request: 12,
    tag: null,
    sha: null,
    branch: "dev",
    verdict: "skipped",
    reason: "no-route",
    remedy: "No route matches.",
    routes: [
      {
        route: "app",
        verdict: "skipped",
        reason: "branch",
        remedy: "Name dev.",
        builder: "acme/app",
        workflow: "publish-image.yml",
        ref: "main",
        image: "ghcr.io/acme/app",
      },
    ],
    trace: [{ rule: "branch", route: "app", saw: "dev", passed: false, change: "Name dev." }],
    dispatches: [aDispatch()],
  },
};

test("explains a pull request by number, with a hash, or by its address", async () => {
  const relay = await startStandIn(EXPLAINED);
  const run = (...argv: string[]) => runAt(relay, registerExplain, ["explain", ...argv]);
  const { code, out } = await run("acme/app", "12");
  expect(code).toBe(0);
  for (const part of ["skipped: no-route", "✗ branch (app): dev — Name dev.", "ghcr.io/acme/app"])
    expect(out).toContain(part);
  expect(out).toContain(ID);
  await run("acme/app", "#12");
  await run("https://github.com/acme/app/pull/12/files");
  const paths = relay.asked.map(({ path }) => path);
  expect(paths).toEqual(Array.from({ length: 3 }, () => "/api/v1/repos/acme/app/pulls/12/explain"));
  expect((await run("acme/app", "12th")).code).toBe(2);
  expect((await run("acme/app", "../../status")).code).toBe(2);
});

test("shows one dispatch with its history, its image and its cause", async () => {
  const receipt = { image: "ghcr.io/acme/app", digest: "sha256:1", tags: ["v1"], platforms: [] };
  const diagnosis = { cause: "rate-limit", explanation: "Too many.", remedy: "Wait." };
  const relay = await startStandIn({ body: aDispatch({ receipt, diagnosis }) });
  const { out } = await runAt(relay, registerShow, ["show", "acme/app", ID]);
  for (const part of ["ghcr.io/acme/app@sha256:1", "v1", "rate-limit: Too many.", "Wait."])
    expect(out).toContain(part);
  expect(out).toContain("asked by hand");
  const wrong = await runAt(relay, registerShow, ["show", "acme/app", "12"]);
  expect([wrong.code, wrong.error]).toEqual([2, expect.stringContaining("mr-")]);
});

test("cancels, pauses and resumes", async () => {
  const status = {
    repository: "acme/app",
    paused: true,
    paused_by: "mia",
    paused_at: null,
    paused_reason: "registry is down",
    held: 2,
  };
  const relay = await startStandIn(
    { body: aDispatch({ state: "cancelled" }) },
    { body: status },
    { body: { ...status, paused: false, held: 0 } },
  );
  const cancelled = await runAt(relay, registerCancel, ["cancel", "acme/app", ID]);
  expect(cancelled.out).toContain("cancelled");
  const why = ["--reason", "registry is down"];
  const paused = await runAt(relay, registerPause, ["pause", "acme/app", ...why]);
  expect(paused.out).toBe("acme/app is paused by mia: registry is down. 2 dispatches wait.\n");
  const resumed = await runAt(relay, registerResume, ["resume", "acme/app"]);
  expect(resumed.out).toBe("acme/app is not paused.\n");
  expect(relay.asked.map(({ path, body }) => [path, body])).toEqual([
    [`/api/v1/repos/acme/app/dispatches/${ID}/cancel`, {}],
    ["/api/v1/repos/acme/app/pause", { reason: "registry is down" }],
    ["/api/v1/repos/acme/app/resume", {}],
  ]);
});
