/** What the App may and hears, whether its deliveries arrive, and what runs there: each fault planted. */
import { expect, test } from "vitest";
import { appEventsCheck } from "../../../src/doctor/checks/app-events.ts";
import { appPermissionsCheck } from "../../../src/doctor/checks/app-permissions.ts";
import { cronCheck } from "../../../src/doctor/checks/cron.ts";
import { deliveriesCheck } from "../../../src/doctor/checks/deliveries.ts";
import { installationCheck } from "../../../src/doctor/checks/installation.ts";
import { indexCheck } from "../../../src/doctor/checks/index-database.ts";
import { versionCheck } from "../../../src/doctor/checks/version.ts";
import { answer, openClinic, RELAY } from "./support/clinic.ts";

test.each(["contents", "pull_requests", "actions"])(
  "names the App's missing permission %s",
  async (name) => {
    const { examine, app } = await openClinic();
    delete app.permissions[name];
    const verdict = await examine(appPermissionsCheck);
    expect(verdict.status).toBe("failed");
    expect(verdict.finding).toContain(`${name}: `);
    expect(verdict.remedy).toContain("Permissions & events");
    expect(verdict.link).toMatch(/\/permissions$/);
  },
);

test("does not take actions: read for write, and takes write where read would do", async () => {
  const { examine, app } = await openClinic();
  Object.assign(app.permissions, { actions: "read" });
  expect((await examine(appPermissionsCheck)).finding).toContain("actions: write");
  Object.assign(app.permissions, { actions: "write", contents: "write" });
  expect(await examine(appPermissionsCheck)).toMatchObject({ status: "ok" });
});

test.each([
  ["checks", "REPORT_CHECKS", "checks: write", "Publish again"],
  ["issues", "REPORT_COMMENTS", "issues: read", "/publish"],
  ["pull_requests", "REPORT_COMMENTS", "pull_requests: write", "/publish"],
] as const)(
  "hints at a report without its permission on %s, and not where %s=off",
  async (name, setting, missing, loss) => {
    const { examine, app, environment } = await openClinic();
    Object.assign(app.permissions, { issues: "write", pull_requests: "write", checks: "write" });
    if (name === "pull_requests") app.permissions[name] = "read";
    else delete app.permissions[name];
    const verdict = await examine(appPermissionsCheck);
    expect(verdict.status).toBe("warning");
    expect(verdict.finding).toContain(missing);
    expect(verdict.reason).toContain(loss);
    expect(verdict.remedy).toContain(`${setting}=off`);
    const without = { environment: { ...environment, [setting]: "off" } };
    expect(await examine(appPermissionsCheck, without)).toMatchObject({ status: "ok" });
  },
);

test("names what an installation loses that has not accepted the reports' permissions", async () => {
  const { examine, installation } = await openClinic();
  delete installation.permissions["checks"];
  const verdict = await examine(installationCheck);
  expect(verdict).toMatchObject({ status: "warning" });
  expect(verdict.finding).toContain("checks: write");
  expect(verdict.reason).toContain("no “Publish again” button");
});

test.each(["pull_request", "push", "workflow_run"])("names the missing event %s", async (name) => {
  const { examine, app } = await openClinic();
  app.events.splice(app.events.indexOf(name), 1);
  const verdict = await examine(appEventsCheck);
  expect(verdict).toMatchObject({
    status: "failed",
    remedy: expect.stringContaining(`tick ${name} `),
  });
});

test("warns of missing comment events only where comments are permitted", async () => {
  const { examine, app } = await openClinic();
  app.events.splice(app.events.indexOf("issue_comment"), 1);
  expect(await examine(appEventsCheck)).toMatchObject({ status: "warning" });
  delete app.permissions["issues"];
  expect(await examine(appEventsCheck)).toMatchObject({ status: "ok" });
});

test.each([
  ["Unauthorized", 401, "rotate webhook-secret"],
  ["Not Found", 404, "hook-address"],
  ["Internal Server Error", 500, "relay"],
  ["timed out", 0, "relay"],
] as const)("names deliveries that failed: %s", async (status, code, remedy) => {
  const { examine, simulator } = await openClinic();
  await deliverOnce(simulator);
  const first = simulator.deliveries.recorded[0]!;
  Object.assign(first, { status, statusCode: code });
  const verdict = await examine(deliveriesCheck);
  expect(verdict.status).toBe("failed");
  expect(verdict.finding).toContain("1 of the last deliveries");
  expect(verdict.remedy).toContain(remedy);
});

test("holds nothing against a delivery that a later attempt made good", async () => {
  const { examine, simulator } = await openClinic();
  await deliverOnce(simulator);
  const first = simulator.deliveries.recorded[0]!;
  Object.assign(first, { status: "Bad Gateway", statusCode: 502 });
  expect(await examine(deliveriesCheck)).toMatchObject({ status: "failed" });
  simulator.deliveries.recorded.push({
    ...first,
    id: first.id + 1,
    status: "OK",
    statusCode: 202,
    redelivery: true,
  });
  expect(await examine(deliveriesCheck)).toMatchObject({ status: "ok" });
});

test("holds a failed ping against nobody, unless it is the newest that is known", async () => {
  const { examine, simulator } = await openClinic();
  await deliverOnce(simulator, "ping");
  const first = simulator.deliveries.recorded[0]!;
  Object.assign(first, { status: "Internal Server Error", statusCode: 500 });
  expect(await examine(deliveriesCheck)).toMatchObject({ status: "warning" });
  await deliverOnce(simulator, "ping");
  Object.assign(simulator.deliveries.recorded.at(-1)!, { status: "OK", statusCode: 200 });
  expect(await examine(deliveriesCheck)).toMatchObject({ status: "ok" });
});

/** One delivery that was answered, as the simulator records it. */
async function deliverOnce(
  simulator: Awaited<ReturnType<typeof openClinic>>["simulator"],
  event: "ping" | "push" = "push",
): Promise<void> {
  const { world } = simulator;
  world.setWebhook({ url: `${simulator.url}/meta` });
  if (event === "ping") world.ping();
  else world.commit("acme/app", "main", { files: { "README.md": "# App" } });
  await simulator.idle();
}

test("takes a webhook that is silent about a young installation for one that is not active", async () => {
  const { examine, world, installation, simulator } = await openClinic();
  const granted = world.state.installations.get(installation.id)!;
  const minutes = async (ago: number) => {
    Object.assign(granted, { createdAt: Date.now() - ago * 60_000 });
    return examine(deliveriesCheck);
  };
  simulator.deliveries.recorded.length = 0;
  expect(await minutes(30)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("sent nothing"),
    remedy: expect.stringContaining("tick “Active”"),
  });
  // The list may be late, and does not reach back for ever.
  expect(await minutes(1)).toMatchObject({ status: "skipped" });
  expect(await minutes(4 * 24 * 60)).toMatchObject({ status: "skipped" });
});

test.each([
  ["ready", "ok", null],
  ["unavailable", "warning", "may edit D1"],
  [undefined, "unknown", "npm run deploy"],
] as const)("judges an index that is %s: %s", async (index, status, remedy) => {
  const { examine, answers } = await openClinic();
  answers.set(`GET ${RELAY}/healthz`, answer(200, { status: "ok", mode: "enforce", index }));
  const verdict = await examine(indexCheck);
  expect(verdict.status).toBe(status);
  if (remedy !== null) expect(verdict.remedy).toContain(remedy);
});

test.each([
  [undefined, "unknown", "Deploy the present version"],
  [{ last: minutesAgo(2), behind: false }, "ok", null],
  [{ last: minutesAgo(60), behind: false }, "failed", "Cron Triggers"],
  [{ last: null, behind: false }, "failed", "Cron Triggers"],
  [{ last: minutesAgo(2), behind: true }, "failed", "deliveries"],
] as const)("judges a sweep that says %j: %s", async (sweep, status, remedy) => {
  const { examine, answers } = await openClinic();
  answers.set(`GET ${RELAY}/healthz`, answer(200, { status: "ok", mode: "enforce", sweep }));
  const verdict = await examine(cronCheck);
  expect(verdict.status).toBe(status);
  if (remedy !== null) expect(verdict.remedy).toContain(remedy);
});

function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

test.each([
  ["1.3.0", "warning"],
  ["1.10.0", "warning"],
  ["1.2.0", "ok"],
  ["1.1.9", "ok"],
  [null, "skipped"],
] as const)("compares 1.2.0 with the newest release %s: %s", async (latest, status) => {
  const { examine, send, answers } = await openClinic();
  answers.set(`GET ${RELAY}/healthz`, answer(200, { status: "ok", version: "1.2.0" }));
  const ports = { latestVersion: () => Promise.resolve(latest), send };
  expect(await examine(versionCheck, { version: "1.2.0", ports: ports as never })).toMatchObject({
    status,
  });
});

test("names a relay that runs an older version than this program", async () => {
  const { examine, answers } = await openClinic();
  for (const version of ["1.1.0", undefined]) {
    answers.set(`GET ${RELAY}/healthz`, answer(200, { status: "ok", mode: "enforce", version }));
    expect(await examine(versionCheck, { version: "1.2.0" })).toMatchObject({
      status: "warning",
      finding: expect.stringContaining("this program is 1.2.0"),
      remedy: expect.stringContaining("npm run deploy"),
    });
  }
});

test("names a copy that is older than the relay, before it is deployed over it", async () => {
  const { examine, answers } = await openClinic();
  answers.set(`GET ${RELAY}/healthz`, answer(200, { status: "ok", version: "1.3.0" }));
  expect(await examine(versionCheck, { version: "1.2.0" })).toMatchObject({
    status: "warning",
    remedy: expect.stringContaining("git pull"),
  });
});
