import { failed, ok, type Verdict } from "../check.ts";
import { askHealth, type Health, withoutRelay } from "../health.ts";
import type { Check } from "../patient.ts";
import { isLoopback } from "../relay-place.ts";

/** Whether the relay answers, and has what it needs. */
export const relayCheck: Check = {
  name: "relay",
  title: "The relay itself",
  run: async (patient) => judge(await askHealth(patient)),
};

function judge(health: Health): Verdict {
  switch (health.kind) {
    case "healthy":
      return ok(`${health.url} is ready (mode ${health.said.mode ?? "not told"}).`);
    case "no-address":
      return withoutRelay(health);
    case "misconfigured":
      return failed({
        finding: `The relay refuses to serve: ${health.detail}`,
        reason: "It answers 500 to every delivery until that is set; GitHub keeps them for 3 days.",
        remedy:
          "Set what it names (`npx wrangler secret put NAME`, or .dev.vars locally), or run `merge-relay setup` again.",
      });
    case "not-a-relay":
      return failed({
        finding: `${health.url}/healthz answers ${health.status}, and not as a relay.`,
        reason:
          "Something else is at that address, or in front of the relay (a login page, a proxy).",
        remedy:
          "Correct --url; if Cloudflare Access is in front, let /webhooks/github and /healthz through.",
      });
    case "unreachable":
      return failed({
        finding: `${health.url} does not answer (${health.cause}).`,
        reason: "GitHub's deliveries fail as well.",
        remedy: isLoopback(health.url)
          ? "Start it in another terminal: `npm run dev`."
          : "Deploy it: `npm run deploy`; then compare the address that it prints. One on this machine: start both, `npm run dev` and the tunnel that leads to it.",
      });
  }
}
