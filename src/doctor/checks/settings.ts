import { readSettings } from "../../config.ts";
import { failed, ok, skipped, type Verdict, warning } from "../check.ts";
import type { Check, Patient } from "../patient.ts";

const REMEDIES: Readonly<Record<string, string>> = {
  GITHUB_APP_ID: "Copy the App ID from the App's settings page, or run `merge-relay setup`.",
  GITHUB_APP_PRIVATE_KEY:
    "Download a private key (PEM) from the App's settings page and run `merge-relay rotate private-key --key FILE`.",
  GITHUB_WEBHOOK_SECRET: "Run `merge-relay setup`, or `merge-relay rotate webhook-secret`.",
  GITHUB_API_URL: "Give an address such as https://api.github.com or https://HOST/api/v3.",
  GITHUB_WEB_URL: "Give an address such as https://github.com.",
};
const FOR_DASHBOARD = ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "SESSION_SECRET"];

/** Whether every setting is there and well-formed, by the relay's own reading of them. */
export const settingsCheck: Check = {
  name: "settings",
  title: "Settings and secrets",
  run: (patient) => Promise.resolve(judge(patient)),
};

function judge({ environment, source, relayUrl }: Patient): Verdict {
  if (!hasAppCredentials(environment) && relayUrl === null) {
    return failed({
      finding: `Nothing is set up: no App ${source}, and no address of a relay.`,
      reason: "There is nothing here that the doctor could look at.",
      remedy:
        "Run `merge-relay setup`. For a relay that runs already, name it: --url https://YOUR-RELAY",
    });
  }
  if (!hasAppCredentials(environment)) {
    return skipped(
      `No App credentials ${source}: what needs them is left out.`,
      "Set GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY and GITHUB_WEBHOOK_SECRET in the environment, or name a file with --vars-file.",
    );
  }
  const read = readSettings(environment);
  if (read.kind === "misconfigured") {
    const names = read.problems.map(({ setting }) => setting);
    return failed({
      finding: read.problems.map(({ setting, message }) => `${setting} ${message}`).join("; "),
      reason: `The relay answers 500 to everything while that is so (looked at ${source}).`,
      remedy: [...new Set(names)]
        .map((name) => REMEDIES[name] ?? `Correct ${name}; the README lists its values.`)
        .join(" "),
    });
  }
  const missing = FOR_DASHBOARD.filter((name) => (environment[name] ?? "") === "");
  if (missing.length > 0) {
    return warning({
      finding: `All that publishing needs is set; ${missing.join(", ")} not.`,
      reason: "Without them nobody can sign in to the dashboard.",
      remedy: "Run `merge-relay setup`, which makes what is missing.",
    });
  }
  return ok(`All set and well-formed (${source}).`);
}

/** Whether the App can be asked about at all. */
export function hasAppCredentials(environment: Readonly<Record<string, string>>): boolean {
  return ["GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY"].some(
    (name) => (environment[name] ?? "") !== "",
  );
}
