import { failed, ok, skipped, type Verdict, unknown, warning } from "../check.ts";
import { describe, type InstallationFacts, troubleWith } from "../facts.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import { missingPermissions, NEEDED_PERMISSIONS, wantedParts } from "../requirements.ts";
import { needsApp, type WithApp } from "./needs-app.ts";
import { noRepository } from "./needs-repository.ts";

/** Whether the App may work in the repository: installed, not suspended, permissions accepted. */
export const installationCheck: Check = {
  name: "installation",
  title: "Installation",
  run: (patient) =>
    needsApp(patient, async (whole) => {
      const { repository, github, app } = whole;
      if (repository === null) return noRepository();
      const found = await github.installation();
      const name = `${repository.owner}/${repository.name}`;
      if (found.kind === "known") return judge(whole, found.value);
      if (found.kind === "unknown") {
        return unknown({
          finding: `Not known: ${describe(found)}.`,
          reason: `Asked about ${name}.`,
          ...troubleWith(found),
        });
      }
      const all = await github.installations();
      const owners = (all.kind === "known" ? all.value : []).find(
        ({ account }) => account?.login.toLowerCase() === repository.owner.toLowerCase(),
      );
      if (owners) return elsewhere(whole, owners);
      return failed({
        finding: `The App “${app.slug}” is not installed on ${name}.`,
        reason:
          "GitHub sends nothing about it and gives no token for it. (A misspelt name looks the same.)",
        remedy: `Open ${github.web}/apps/${app.slug}/installations/new, choose ${repository.owner} and include ${repository.name}.`,
        link: `${github.web}/apps/${app.slug}/installations/new`,
      });
    }),
};

/** Installed for the owner, but not for this repository. */
function elsewhere({ app, repository }: WithApp, { html_url: page }: InstallationFacts): Verdict {
  const { owner = "", name = "" } = repository ?? {};
  return failed({
    finding: `The App “${app.slug}” is installed for ${owner}, but not on ${owner}/${name}.`,
    reason:
      "GitHub sends nothing about it and gives no token for it. (A misspelt name looks the same.)",
    remedy: `Open the installation, and under “Repository access” add ${name}.`,
    link: page === "" ? LINKS.suspended : page,
  });
}

function judge(
  { app, repository, environment }: WithApp,
  installation: InstallationFacts,
): Verdict {
  const link = installation.html_url === "" ? LINKS.suspended : installation.html_url;
  const owner = repository?.owner ?? "";
  if (installation.suspended_at) {
    return failed({
      finding: `The installation of ${owner} is suspended since ${installation.suspended_at}.`,
      reason: "GitHub sends nothing and gives no token while it is.",
      remedy: `Somebody who administers ${owner} opens the installation and chooses “Unsuspend”.`,
      link,
    });
  }
  const missing = missingPermissions(installation.permissions, NEEDED_PERMISSIONS);
  const pending = missingPermissions(installation.permissions, app.permissions);
  // By what the relay needs: the App may ask for more of the same, as write where read would do.
  const unasked = missingPermissions(app.permissions, NEEDED_PERMISSIONS);
  if (missing.length > 0 && missing.every((one) => unasked.includes(one))) {
    return skipped(`Nobody was asked for ${missing.join(", ")}; see “app-permissions”.`);
  }
  if (missing.length > 0) {
    return failed({
      finding: `The installation of ${owner} does not grant ${missing.join(", ")}.`,
      reason: "An App's new permissions hold only where the owner has accepted them.",
      remedy: `Somebody who administers ${owner} opens the installation and accepts the new permissions.`,
      link,
    });
  }
  if (pending.length > 0) {
    const losses = wantedParts(environment)
      .filter((part) => missingPermissions(installation.permissions, part.permissions).length > 0)
      .map(({ loss }) => loss);
    return warning({
      finding: `${owner} has not accepted ${pending.join(", ")} yet.`,
      reason: `Publishing works; ${losses.join("; ") || "what needs them does not"}.`,
      remedy: `Somebody who administers ${owner} opens the installation and accepts the new permissions.`,
      link,
    });
  }
  return ok(`Installed for ${owner}, with all permissions.`);
}
