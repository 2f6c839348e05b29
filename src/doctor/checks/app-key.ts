import { readSettings } from "../../config.ts";
import { failed, ok, skipped, unknown, type Verdict } from "../check.ts";
import { messageOf } from "../facts.ts";
import { troubleOf } from "../trouble.ts";
import { LINKS } from "../links.ts";
import type { Check, Patient } from "../patient.ts";
import { hasAppCredentials } from "./settings.ts";

const DEFAULT_API_URL = "https://api.github.com";
const NAME = "GITHUB_APP_PRIVATE_KEY";
/** Whoever named a file is not to change the relay's key because of it. */
const ANOTHER_FILE =
  "Generate a key on the App's settings page, and give that file, whole, by --app-key.";

/** Whether the key is one, and is a key of this App: GitHub takes a token signed with it. */
export const appKeyCheck: Check = {
  name: "app-key",
  title: "Private key",
  async run(patient) {
    const { environment, github } = patient;
    if (!hasAppCredentials(environment)) return skipped("No private key to try.");
    if ((environment[NAME] ?? "") === "") return skipped(`${NAME} is not set; see “settings”.`);
    if (faultOf(patient, "GITHUB_APP_ID") !== undefined) {
      return skipped("No App whose key it could be; see “settings”.");
    }
    const fault = faultOf(patient, NAME);
    if (fault !== undefined) {
      return failed({
        finding: `${patient.keyFile ?? NAME} ${fault}.`,
        reason:
          "GitHub gives a file that begins with -----BEGIN RSA PRIVATE KEY-----; PKCS#8 and line breaks written as \\n will do as well.",
        remedy:
          patient.keyFile === undefined
            ? "Generate a key on the App's settings page, then run `merge-relay rotate private-key --key FILE`, which writes it in the right form."
            : `${ANOTHER_FILE} It says nothing of the relay's own key.`,
        link: LINKS.keys,
      });
    }
    const answer = await github.appAnswer();
    if (answer.kind === "unreachable") return unanswered(patient, answer.cause);
    if (answer.status === 200) return compare(patient);
    return answer.status === 404 && !isGitHubs(answer.text)
      ? notGitHub(patient, 404)
      : refused(patient, answer);
  },
};

/** An address that somebody has set is a fault of the set-up; GitHub's own is not to be doubted. */
function unanswered({ github }: Patient, cause: string): Verdict {
  const reason = `The key is proved by a question to ${github.api}/app.`;
  if (github.api === DEFAULT_API_URL) {
    const finding = `GitHub could not be asked (${cause}).`;
    return unknown({ finding, reason, remedy: "Check the network, then run the doctor again." });
  }
  return failed({
    finding: `Nothing answers at GITHUB_API_URL, ${github.api} (${cause}).`,
    reason,
    remedy: `Correct it: ${DEFAULT_API_URL} (or leave it out), or https://HOST/api/v3 of a GitHub Enterprise Server that this machine can reach.`,
  });
}

function faultOf({ environment }: Patient, name: string): string | undefined {
  const read = readSettings(environment);
  const problems = read.kind === "misconfigured" ? read.problems : [];
  return problems.find(({ setting }) => setting === name)?.message;
}

function refused(
  { environment, github, keyFile }: Patient,
  answer: { status: number; text: string },
): Verdict {
  const said = `GitHub answers ${answer.status}: ${messageOf(answer.text)}`;
  const id = environment["GITHUB_APP_ID"] || "(none)";
  if (/'(exp|iat)'/.test(answer.text)) {
    return failed({
      finding: `GitHub refuses the token's times. ${said}`,
      reason: "The key may be right: this machine's clock is not.",
      remedy: "Set the clock, best by NTP, and run the doctor again.",
      link: LINKS.jwt,
    });
  }
  if (answer.status === 401 || answer.status === 404) {
    return failed({
      finding: `The key does not belong to App ${id}. ${said}`,
      reason: `Either GITHUB_APP_ID names another App, or the key was deleted there or is another App's (asked ${github.api}).`,
      remedy: `Compare GITHUB_APP_ID with the “App ID” on the App's settings page. If it is right: ${keyFile === undefined ? "generate a key there and run `merge-relay rotate private-key --key FILE`." : ANOTHER_FILE}`,
      link: LINKS.keys,
    });
  }
  return unknown({
    finding: said,
    reason: "That is neither a yes nor a no to the key.",
    ...troubleOf({ status: answer.status, why: answer.text }),
  });
}

/** GitHub's refusals are JSON with a message and a link. */
function isGitHubs(text: string): boolean {
  return text.includes('"documentation_url"');
}

function notGitHub({ github }: Pick<Patient, "github">, status: number): Verdict {
  return failed({
    finding: `${github.api}/app answers ${status}, but not as GitHub does.`,
    reason: "Something else than GitHub's API is at that address.",
    remedy: "Correct GITHUB_API_URL: https://api.github.com, or https://HOST/api/v3.",
  });
}

async function compare({ environment, github }: Patient): Promise<Verdict> {
  const app = await github.app();
  if (app.kind !== "known") return notGitHub({ github }, 200);
  const { id, client_id: clientId, slug } = app.value;
  const configured = environment["GITHUB_CLIENT_ID"] || clientId;
  if (configured !== clientId) {
    return failed({
      finding: `GITHUB_CLIENT_ID is not that of the App “${slug}” (${clientId}).`,
      reason: "Signing in to the dashboard would ask for another App.",
      remedy: `Set GITHUB_CLIENT_ID to ${clientId}, and GITHUB_CLIENT_SECRET to a secret of the same App.`,
    });
  }
  return ok(`GitHub takes it: App “${slug}” (${id}).`);
}
