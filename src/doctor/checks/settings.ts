import { readSettings, type SettingProblem } from "../../config.ts";
import { failed, ok, skipped, type Verdict, warning } from "../check.ts";
import type { Check, Patient } from "../patient.ts";

const REMEDIES: Readonly<Record<string, string>> = {
  GITHUB_APP_ID: "Copy the App ID from the App's settings page, or run `merge-relay setup`.",
  GITHUB_APP_PRIVATE_KEY:
    "Download a private key (PEM) from the App's settings page and run `merge-relay rotate private-key --key FILE`.",
  GITHUB_WEBHOOK_SECRET:
    "Run `merge-relay rotate webhook-secret` (or `merge-relay setup` again), which sets a new one at the relay and at GitHub.",
  GITHUB_CLIENT_SECRET: "Copy it again from the App's settings page, without what surrounds it.",
  ALLOWED_OWNERS:
    "Write logins or numeric ids in ALLOWED_OWNERS, such as acme,12345; take it out to serve everybody.",
  SESSION_SECRET: "Run `merge-relay rotate session-secret`.",
  GITHUB_API_URL: "Give an address such as https://api.github.com or https://HOST/api/v3.",
  GITHUB_WEB_URL: "Give an address such as https://github.com.",
};
/** Of an App that exists already nobody gets it but by its settings page. */
const BY_HAND = "GITHUB_CLIENT_SECRET";
const FOR_DASHBOARD = ["GITHUB_CLIENT_ID", BY_HAND, "SESSION_SECRET"];

/** Whether every setting is there and well-formed, by the relay's own reading of them. */
export const settingsCheck: Check = {
  name: "settings",
  title: "Settings and secrets",
  run: (patient) => Promise.resolve(judge(patient)),
};

function judge(patient: Patient): Verdict {
  const { environment, source, relayUrl } = patient;
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
      "For a deployed relay generate a key on the App's settings page, give it by --app-key FILE, and delete it there afterwards. Or set GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY and GITHUB_WEBHOOK_SECRET in the environment.",
    );
  }
  const problems = problemsOf(patient);
  if (problems.length > 0) {
    const names = problems.map(({ setting }) => setting);
    return failed({
      finding: problems.map(({ setting, message }) => `${setting} ${message}`).join("; "),
      reason: `The relay answers 500 to everything while that is so (looked at ${source}).`,
      remedy: [...new Set(names)]
        .map((name) => REMEDIES[name] ?? `Correct ${name}; the README lists its values.`)
        .join(" "),
    });
  }
  if (patient.isPartial === true) {
    return ok(`What is here is well-formed (${source}); the rest is at the relay: see “relay”.`);
  }
  const missing = FOR_DASHBOARD.filter((name) => (environment[name] ?? "") === "");
  if (missing.length > 0) {
    return warning({
      finding: `All that publishing needs is set; ${missing.join(", ")} not.`,
      reason: "Without them nobody can sign in to the dashboard.",
      remedy: missing.includes(BY_HAND)
        ? `Generate a client secret on the App's settings page and set ${BY_HAND} (.dev.vars, or \`npx wrangler secret put ${BY_HAND}\`): GitHub shows the old one to nobody.${missing.length > 1 ? " Then run `merge-relay setup`, which makes the rest." : ""}`
        : "Run `merge-relay setup`, which makes what is missing.",
    });
  }
  return ok(`All set and well-formed (${source}).`);
}

/** The relay's own complaints; a key's form is the finding of “app-key”. */
function problemsOf({ environment, isPartial }: Patient): SettingProblem[] {
  const isSet = (name: string): boolean => (environment[name] ?? "") !== "";
  const read = readSettings(environment);
  const problems = read.kind === "misconfigured" ? read.problems : [];
  const secrets = ["GITHUB_WEBHOOK_SECRET", "GITHUB_CLIENT_SECRET", "SESSION_SECRET"];
  return [
    ...problems.filter(({ setting }) =>
      isSet(setting) ? setting !== "GITHUB_APP_PRIVATE_KEY" : isPartial !== true,
    ),
    // No form of GitHub's takes a line break, and most people's copies of a secret have one by mistake.
    ...secrets.flatMap((setting) =>
      /^\s|\s$/.test(environment[setting] ?? "")
        ? [{ setting, message: "begins or ends with white space or a line break" }]
        : [],
    ),
  ];
}

/** Whether the App can be asked about at all. */
export function hasAppCredentials(environment: Readonly<Record<string, string>>): boolean {
  return ["GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY"].some(
    (name) => (environment[name] ?? "") !== "",
  );
}
