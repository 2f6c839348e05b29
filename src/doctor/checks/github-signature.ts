import { failed, ok, skipped, unknown, type Verdict } from "../check.ts";
import type { DeliveryFacts } from "../facts.ts";
import { askHealth, withoutRelay } from "../health.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import { askPing } from "../ping-again.ts";
import { isRightHook } from "./hook-address.ts";
import { needsApp, type WithApp } from "./needs-app.ts";

/**
 * Whether GitHub and the relay have the same secret: GitHub itself signs and sends again what a
 * relay takes note of and does nothing about. After a set-up that is the ping of the App's birth,
 * which came before the relay had its secrets.
 */
export const githubSignatureCheck: Check = {
  name: "github-signature",
  title: "GitHub's own signature",
  run: (patient) => needsApp(patient, lookFirst),
};

/** A delivery to another address, or to no relay, says nothing about the secret. */
async function lookFirst(patient: WithApp): Promise<Verdict> {
  const hook = await patient.github.hook();
  if (hook.kind !== "known" || !isRightHook(hook.value.url, patient.relayUrl)) {
    return skipped("GitHub delivers elsewhere; see “hook-address”.");
  }
  const health = await askHealth(patient);
  if (health.kind !== "healthy") return withoutRelay(health);
  const asked = await askPing(patient.github, patient.ports);
  switch (asked.kind) {
    case "no-ping":
      return skipped("GitHub has nothing harmless of the last 3 days to send again.");
    case "refused":
      return unknown({
        finding: `GitHub did not send it again: ${asked.why}.`,
        reason: "Asked for a redelivery. A webhook that is not active is sent nothing.",
        remedy:
          "In the App's settings, under “Webhook”, see that “Active” is ticked; then run the doctor again.",
      });
    case "delivered":
      return judge(asked.delivery);
  }
}

function judge({ status, status_code: code }: DeliveryFacts): Verdict {
  if (status === "OK") return ok("GitHub sent a delivery again, and the relay took its signature.");
  if (code === 401) {
    return failed({
      finding: "The relay refuses what GitHub signs (401).",
      reason: "GitHub's webhook secret is another one than the relay's.",
      remedy: "Run `merge-relay rotate webhook-secret`: one new secret on both sides.",
      link: LINKS.signature,
    });
  }
  return failed({
    finding: `What GitHub sends gets ${code === 0 ? `no answer (${status})` : code}, although the relay answers here.`,
    reason:
      "Something between GitHub and the relay keeps deliveries away: a login page, a firewall, a dead tunnel.",
    remedy:
      "Let POST /webhooks/github through to the relay for everybody (its signature is checked there); start the tunnel of a local relay again.",
    link: LINKS.failedDeliveries,
  });
}
