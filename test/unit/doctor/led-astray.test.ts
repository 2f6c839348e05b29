/** What follows from a fault points at that fault, and at nothing that is well. */
import { expect, test } from "vitest";
import { appPermissionsCheck } from "../../../src/doctor/checks/app-permissions.ts";
import { installationCheck } from "../../../src/doctor/checks/installation.ts";
import { openClinic } from "./support/clinic.ts";

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
