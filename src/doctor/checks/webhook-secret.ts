import { failed, ok, skipped, unknown, type Verdict } from "../check.ts";
import { withoutRelay } from "../health.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import type { HttpAnswer } from "../ports.ts";
import { relayUrlOf } from "../relay-place.ts";
import { isTaken, sendPing } from "../signed-ping.ts";

/** Whether the relay takes what this secret signs, by a real signed `ping`. */
export const webhookSecretCheck: Check = {
  name: "webhook-secret",
  title: "Webhook secret",
  async run(patient) {
    const secret = patient.environment["GITHUB_WEBHOOK_SECRET"] ?? "";
    const url = await relayUrlOf(patient);
    if (secret === "") {
      return skipped(
        "No webhook secret to sign with.",
        "Set GITHUB_WEBHOOK_SECRET in the environment; or --deep, where GitHub itself signs.",
      );
    }
    if (url === null) return withoutRelay({ kind: "no-address" });
    if (secret !== secret.trim()) return skipped("It is not as it should be; see “settings”.");
    return judge(await sendPing(patient.ports, url, secret), patient.source);
  },
};

function judge(answer: HttpAnswer, source: string): Verdict {
  if (answer.kind === "unreachable") {
    return unknown({
      finding: `The relay does not answer (${answer.cause}).`,
      reason: "That is settled by “relay” first.",
    });
  }
  if (isTaken(answer)) return ok("The relay takes a ping signed with it.");
  if (answer.status === 401) {
    return failed({
      finding: "The relay refuses a ping signed with this secret (401).",
      reason: `The secret here (${source}) and the one that the relay runs with are not the same.`,
      remedy:
        "Run `merge-relay rotate webhook-secret`: it sets one new secret at the relay and at GitHub. A local relay reads .dev.vars when it starts: restart it.",
      link: LINKS.signature,
    });
  }
  return unknown({
    finding: `What answers ${answer.status} to a signed ping does not answer as a relay.`,
    reason: "That is neither a yes nor a no to the secret.",
    remedy: "Mend what “relay” says, then run the doctor again.",
  });
}
