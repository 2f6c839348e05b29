import { fingerprintOf } from "../../key-fingerprint.ts";
import { failed, ok, skipped, unknown, type Verdict, warning } from "../check.ts";
import { withoutRelay } from "../health.ts";
import { LINKS } from "../links.ts";
import type { Check, Patient } from "../patient.ts";
import { relayUrlOf } from "../relay-place.ts";
import { appIn, type RelaysApp, sendPing } from "../signed-ping.ts";

/**
 * Whether the relay runs with the App and the key that were proved here: it says both to whoever signs
 * with its webhook secret. Without this a wrong one shows at the first merge.
 */
export const relayAppCheck: Check = {
  name: "relay-app",
  title: "App of the relay",
  async run(patient) {
    const secret = patient.environment["GITHUB_WEBHOOK_SECRET"] ?? "";
    const url = await relayUrlOf(patient);
    if (secret === "") {
      return skipped(
        "The relay tells it only to whoever has its webhook secret.",
        "Set GITHUB_WEBHOOK_SECRET in the environment.",
      );
    }
    if (url === null) return withoutRelay({ kind: "no-address" });
    const said = appIn(await sendPing(patient.ports, url, secret, { asks: "app" }));
    if (said === null) {
      return skipped("The relay does not say it; see “webhook-secret” and “version”.");
    }
    return judge(patient, said);
  },
};

async function judge(patient: Patient, said: RelaysApp): Promise<Verdict> {
  const { environment, github } = patient;
  const own = environment["GITHUB_APP_ID"] ?? "";
  if (own === "")
    return ok(`It is set to App ${said.id}; no App is named here to compare it with.`);
  const app = await github.app();
  const same = app.kind === "known" ? [String(app.value.id), app.value.client_id] : [own];
  if (!same.includes(said.id)) return otherApp(patient, said, app.kind === "known" ? same[0] : own);
  const print = printOf(environment["GITHUB_APP_PRIVATE_KEY"] ?? "");
  if (print === null) {
    return ok(
      `It is set to App ${said.id} and holds the key ${said.key}; none is here to compare.`,
    );
  }
  return said.key === print
    ? ok(`It is set to App ${said.id}, and holds the key that is here.`)
    : otherKey(patient, said, print);
}

function otherApp({ source }: Patient, said: RelaysApp, own: string | undefined): Verdict {
  return failed({
    finding: `The relay is set to another App: ${said.id}, and not ${own} as here (${source}).`,
    reason:
      "It asks GitHub as that App, which is not the one whose webhook and rights are examined.",
    remedy: `If ${own} is the right one, run \`merge-relay setup --app-id ${own} --private-key FILE\`, which gives the relay both; else correct GITHUB_APP_ID here. A local relay reads .dev.vars when it starts: restart it.`,
    link: LINKS.keys,
  });
}

/** An App may have many keys, and only its settings page tells which. */
function otherKey({ keyFile, source }: Patient, said: RelaysApp, print: string): Verdict {
  const problem = {
    finding: `The relay's key is not the one that is here: it holds ${said.key}, and here (${keyFile ?? source}) is ${print}.`,
    reason:
      "GitHub takes every key that the App's settings page lists, and no other. That the one here is taken says nothing of the relay's.",
    remedy:
      "Compare the relay's with the private keys on the App's settings page. If it is not listed there, GitHub refuses the relay: generate a key, and run `merge-relay rotate private-key --key FILE`. A local relay reads .dev.vars when it starts: restart it.",
    link: LINKS.keys,
  };
  // A key made for this examination alone is another one by intent.
  return keyFile === undefined ? warning(problem) : unknown(problem);
}

/** What is wrong with a key is the finding of “app-key”. */
function printOf(pem: string): string | null {
  try {
    return fingerprintOf(pem.replaceAll("\\r", "").replaceAll("\\n", "\n").trim());
  } catch {
    return null;
  }
}
