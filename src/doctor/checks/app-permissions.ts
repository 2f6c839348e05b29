import { failed, ok, warning } from "../check.ts";
import { appPage } from "../links.ts";
import type { Check } from "../patient.ts";
import { missingPermissions, NEEDED_PERMISSIONS, wantedParts } from "../requirements.ts";
import { needsApp } from "./needs-app.ts";

/** Whether the App asks for what the relay needs. */
export const appPermissionsCheck: Check = {
  name: "app-permissions",
  title: "Permissions of the App",
  run: (patient) =>
    needsApp(patient, ({ app, github, environment }) => {
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
      const lacking = wantedParts(environment)
        .map((part) => ({
          ...part,
          missing: missingPermissions(app.permissions, part.permissions),
        }))
        .filter((part) => part.missing.length > 0);
      if (lacking.length > 0) {
        const names = lacking.flatMap((part) => part.missing).join(", ");
        const off = lacking.map(({ setting }) => `${setting}=off`).join(" and ");
        return warning({
          finding: `Enough to publish; without ${names}.`,
          reason: `Until that is granted, ${lacking.map(({ loss }) => loss).join("; ")}.`,
          remedy: `If you want it, set ${names} under “Permissions & events” and accept the change in every installation. If not, say so to the relay: ${off}.`,
          link,
        });
      }
      return ok("All that the relay needs.");
    }),
};
