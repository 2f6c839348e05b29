import { failed, ok, skipped, unknown, type Verdict } from "../../check.ts";
import { LINKS } from "../../links.ts";
import type { Check } from "../../patient.ts";
import type { DeliveryFacts } from "../../facts.ts";
import { askPing } from "../../ping-again.ts";
import { needsApp } from "../needs-app.ts";

/** Whether GitHub and the relay have the same secret: GitHub itself signs and sends a ping again. */
export const githubSignatureCheck: Check = {
  name: "deep-github-signature",
  title: "GitHub's own signature",
  run: (patient) =>
    needsApp(patient, async ({ github, ports }) => {
      const asked = await askPing(github, ports);
      switch (asked.kind) {
        case "no-ping":
          return skipped("GitHub has no ping of the last 3 days to send again.");
        case "refused":
          return unknown({
            finding: `GitHub did not send it again: ${asked.why}.`,
            reason: "Asked for a redelivery.",
          });
        case "delivered":
          return judge(asked.delivery);
      }
    }),
};

function judge({ status, status_code: code }: DeliveryFacts): Verdict {
  if (status === "OK") return ok("GitHub sent a ping again, and the relay took its signature.");
  if (code === 401) {
    return failed({
      finding: "The relay refuses what GitHub signs (401).",
      reason: "GitHub's webhook secret is another one than the relay's.",
      remedy: "Run `merge-relay rotate webhook-secret`: one new secret on both sides.",
      link: LINKS.signature,
    });
  }
  return failed({
    finding: `GitHub's ping got ${code === 0 ? status : code}.`,
    reason: "What GitHub delivers does not arrive.",
    remedy: "Mend what “relay” and “hook-address” say.",
    link: LINKS.failedDeliveries,
  });
}
