/** What follows from a fault points at that fault, and at nothing that is well. */
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { appKeyCheck } from "../../../src/doctor/checks/app-key.ts";
import { appPermissionsCheck } from "../../../src/doctor/checks/app-permissions.ts";
import { configurationCheck } from "../../../src/doctor/checks/configuration.ts";
import { cronCheck } from "../../../src/doctor/checks/cron.ts";
import { deliveriesCheck } from "../../../src/doctor/checks/deliveries.ts";
import { githubSignatureCheck } from "../../../src/doctor/checks/github-signature.ts";
import { installationCheck } from "../../../src/doctor/checks/installation.ts";
import { relayCheck } from "../../../src/doctor/checks/relay.ts";
import { answer, openClinic, RELAY } from "./support/clinic.ts";

const OTHER_PEM = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs1", format: "pem" })
  .toString();

test("names a permission that was not accepted, where the App asks for more of the same", async () => {
  const { examine, app, installation } = await openClinic();
  Object.assign(app.permissions, { pull_requests: "write" });
  delete installation.permissions["pull_requests"];
  expect(await examine(appPermissionsCheck)).toMatchObject({ status: "ok" });
  expect(await examine(installationCheck)).toMatchObject({
    status: "failed",
    finding: "The installation of acme does not grant pull_requests: read.",
  });
});

test.each([
  ["GITHUB_APP_ID", "", "“settings” and “app-key” say"],
  ["GITHUB_APP_PRIVATE_KEY", "no key", "“settings” and “app-key” say"],
  ["GITHUB_APP_PRIVATE_KEY", OTHER_PEM, "“app-key” says"],
])("leads from what a wrong %s hides to the check that names it", async (name, value, where) => {
  const { examine, environment } = await openClinic();
  const changed = { environment: { ...environment, [name]: value } };
  for (const check of [appPermissionsCheck, installationCheck, configurationCheck]) {
    const { status, remedy } = await examine(check, changed);
    expect(status, check.name).toBe("unknown");
    expect(remedy, check.name).toBe(`Mend what ${where}, then run the doctor again.`);
  }
});

test("leads from a token with too many rights to what the App and its installation grant", async () => {
  const { examine, app, installation } = await openClinic();
  delete app.permissions["contents"];
  delete installation.permissions["contents"];
  expect((await examine(configurationCheck)).remedy).toContain(
    "“app-permissions” and “installation” say",
  );
});

test.each([
  ["no key", "cut.pem is not an RSA private key"],
  [OTHER_PEM, "does not belong to App"],
])(
  "asks for another file where the key came by --app-key, not to change the relay's",
  async (key, finding) => {
    const { examine, environment } = await openClinic();
    const changed = { ...environment, GITHUB_APP_PRIVATE_KEY: key };
    const verdict = await examine(appKeyCheck, { environment: changed, keyFile: "cut.pem" });
    expect(verdict.finding).toContain(finding);
    expect(verdict.remedy).toContain("by --app-key");
    expect(verdict.remedy).not.toContain("rotate");
  },
);

test("does not wait for the sweep where what failed is nothing that the relay would act upon", async () => {
  const { examine, world, simulator } = await openClinic();
  const { number } = world.openPullRequest({ repo: "acme/app", user: "stranger" });
  await simulator.idle();
  world.setLabels("acme/app", number, ["publish"]);
  world.ping();
  await simulator.idle();
  const { recorded } = simulator.deliveries;
  recorded.forEach((one, index) => {
    const wasLost = one.event.name === "pull_request";
    recorded[index] = wasLost
      ? { ...one, status: "Bad Gateway", statusCode: 502 }
      : { ...one, status: "OK", statusCode: 202 };
  });
  expect(recorded.some(({ event }) => event.action === "opened")).toBe(true);
  expect(await examine(deliveriesCheck)).toMatchObject({ status: "ok" });
});

test("tells how a deployed relay gets what it lacks, by what it lacks", async () => {
  const { examine, relaySettings } = await openClinic();
  relaySettings["GITHUB_WEBHOOK_SECRET"] = "";
  const { remedy } = await examine(relayCheck);
  // A set-up that is run again leaves the secrets at Cloudflare alone.
  expect(remedy).toMatch(/locally .*`merge-relay setup` again/);
  expect(remedy).toContain("`merge-relay rotate webhook-secret` then");
  expect(remedy).not.toContain("private-key");
});

test("thinks of a relay that GitHub refuses where its sweep has never ended", async () => {
  const { examine, answers } = await openClinic();
  const said = { status: "ok", mode: "enforce", sweep: { last: null, behind: false } };
  answers.set(`GET ${RELAY}/healthz`, answer(200, said));
  const { status, remedy } = await examine(cronCheck);
  expect(status).toBe("failed");
  expect(remedy).toContain("status-401");
  expect(remedy).toContain("GITHUB_APP_ID");
});

test("has a remedy where GitHub sends nothing again: the webhook may not be active", async () => {
  const { examine, world, simulator, answers } = await openClinic();
  world.setWebhook({ url: `${simulator.url}/meta` });
  world.ping();
  await simulator.idle();
  world.setWebhook({ url: `${RELAY}/webhooks/github` });
  for (const { id } of simulator.deliveries.recorded) {
    answers.set(`POST ${simulator.url}/app/hook/deliveries/${id}/attempts`, answer(202));
  }
  const { status, remedy } = await examine(githubSignatureCheck, {
    ports: { sleep: () => Promise.resolve() } as never,
  });
  expect(status).toBe("unknown");
  expect(remedy).toContain("“Active”");
});

test("takes no other program for a relay because it says that it is ok", async () => {
  const { examine, answers } = await openClinic();
  answers.set(`GET ${RELAY}/healthz`, answer(200, { status: "ok" }));
  expect(await examine(relayCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("not as a relay"),
  });
  answers.set(`GET ${RELAY}/healthz`, answer(200, { status: "ok", mode: "enforce" }));
  expect(await examine(relayCheck)).toMatchObject({ status: "ok" });
});
