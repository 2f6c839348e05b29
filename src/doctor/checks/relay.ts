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
        remedy: remedyFor(health.detail),
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

/** A deployed relay's set-up is not done again: it holds that the secrets are at Cloudflare. */
const HOW_TO_SET: readonly (readonly [string, string])[] = [
  [
    "GITHUB_WEBHOOK_SECRET",
    "GITHUB_WEBHOOK_SECRET may be any long random word (`openssl rand -hex 32`): `merge-relay rotate webhook-secret` then puts a new one on both sides.",
  ],
  ["GITHUB_APP_PRIVATE_KEY", "A new key is set by `merge-relay rotate private-key --key FILE`."],
];

function remedyFor(detail: string): string {
  const hints = HOW_TO_SET.flatMap(([name, hint]) => (detail.includes(name) ? [hint] : []));
  return [
    "Set what it names: at Cloudflare by `npx wrangler secret put NAME`; locally in .dev.vars, or by `merge-relay setup` again, then restart it.",
    ...hints,
  ].join(" ");
}
