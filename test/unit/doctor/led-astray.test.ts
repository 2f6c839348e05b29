/** What follows from a fault points at that fault, and at nothing that is well. */
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { appKeyCheck } from "../../../src/doctor/checks/app-key.ts";
import { appPermissionsCheck } from "../../../src/doctor/checks/app-permissions.ts";
import { configurationCheck } from "../../../src/doctor/checks/configuration.ts";
import { deliveriesCheck } from "../../../src/doctor/checks/deliveries.ts";
import { installationCheck } from "../../../src/doctor/checks/installation.ts";
import { openClinic } from "./support/clinic.ts";

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
