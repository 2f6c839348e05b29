import { failed, ok, warning } from "../check.ts";
import { appPage } from "../links.ts";
import type { Check } from "../patient.ts";
import { missingPermissions, NEEDED_PERMISSIONS, REPORT_PERMISSIONS } from "../requirements.ts";
import { needsApp } from "./needs-app.ts";

/** Whether the App asks for what the relay needs. */
export const appPermissionsCheck: Check = {
  name: "app-permissions",
  title: "Permissions of the App",
  run: (patient) =>
    needsApp(patient, ({ app, github }) => {
      const link = appPage(github, app, "/permissions");
      const missing = missingPermissions(app.permissions, NEEDED_PERMISSIONS);
      if (missing.length > 0) {
        return failed({
          finding: `The App lacks ${missing.join(", ")}.`,
          reason: "GitHub refuses what the relay must ask or do, whatever an installation grants.",
          remedy: `Under “Permissions & events” of the App set ${missing.join(", ")}, save, then accept the change in every installation.`,
          link,
        });
      }
      const reports = missingPermissions(app.permissions, REPORT_PERMISSIONS);
      if (reports.length > 0) {
        return warning({
          finding: `Enough to publish; ${reports.join(", ")} is missing.`,
          reason: "Merge commits get no check run with a “Publish again” button.",
          remedy: `If you want one, set ${reports.join(", ")} and accept the change in every installation.`,
          link,
        });
      }
      return ok("All that the relay needs.");
    }),
};
