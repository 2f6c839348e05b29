import { failed, ok, skipped, unknown, type Verdict, warning } from "../check.ts";
import { describe, type HookFacts } from "../facts.ts";
import { appPage, LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import { isLoopback, WEBHOOK_PATH } from "../relay-place.ts";
import { needsApp, type WithApp } from "./needs-app.ts";

/** Whether GitHub delivers to this relay, in a form that it takes. */
export const hookAddressCheck: Check = {
  name: "hook-address",
  title: "Webhook address",
  run: (patient) =>
    needsApp(patient, async (whole) => {
      const hook = await whole.github.hook();
      if (hook.kind === "known") return judge(whole, hook.value);
      return unknown({
        finding: `The webhook's settings could not be read: ${describe(hook)}.`,
        reason: "GET /app/hook/config answers for an App that has a webhook.",
        remedy: "Look at “Webhook” in the App's settings: it must be active.",
        link: appPage(whole.github, whole.app, ""),
      });
    }),
};

function judge({ app, github, relayUrl }: WithApp, hook: HookFacts): Verdict {
  const link = appPage(github, app, "");
  if (relayUrl !== null && new URL(relayUrl).pathname !== "/") {
    return skipped("The relay's address has a path, which it cannot have; see “relay”.");
  }
  const wanted = `${relayUrl ?? "https://YOUR-RELAY"}${WEBHOOK_PATH}`;
  if (!isRightHook(hook.url, relayUrl)) {
    return failed({
      finding:
        hook.url === "" ? "The App has no webhook address." : `GitHub delivers to ${hook.url}.`,
      reason: whyWrong(hook.url, relayUrl),
      remedy: `Set “Webhook URL” in the App's settings to ${wanted}.`,
      link,
    });
  }
  if (hook.content_type !== "json") {
    return warning({
      finding: `GitHub sends ${hook.content_type}, not json.`,
      reason: "The relay reads both; forms are a third longer, and other tools expect JSON.",
      remedy: "Set “Content type” of the webhook to application/json.",
      link,
    });
  }
  if (String(hook.insecure_ssl) !== "0") {
    return warning({
      finding: "GitHub does not verify the relay's certificate.",
      reason: "Anybody between GitHub and the relay can read what is delivered.",
      remedy: "Choose “Enable SSL verification” for the webhook.",
      link: LINKS.signature,
    });
  }
  if (hook.url.startsWith("http:") && !isLoopback(hook.url)) return plainHttp(hook.url, link);
  return relayUrl === null && isLoopback(hook.url)
    ? skipped(`GitHub delivers to ${hook.url}, which only a simulated GitHub can reach.`)
    : ok(`GitHub delivers JSON to ${hook.url}.`);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function whyWrong(url: string, relayUrl: string | null): string {
  if (relayUrl !== null && url !== "" && hostOf(url) !== hostOf(relayUrl)) {
    return `This relay is at ${relayUrl}, so merges never reach it.`;
  }
  if (url.startsWith("https:") && relayUrl?.startsWith("http:") === true) {
    return "This relay speaks http only: GitHub's deliveries end at the handshake.";
  }
  return url.startsWith("http:") && relayUrl?.startsWith("https:") === true
    ? "Without encryption names and titles can be read on the way, and a redirect to https loses the delivery."
    : `The relay takes deliveries at ${WEBHOOK_PATH} only, without a slash at its end; all else gets 404.`;
}

function plainHttp(url: string, link: string): Verdict {
  return warning({
    finding: `GitHub delivers to ${url}, without encryption.`,
    reason: "Private repositories' names, titles and people can be read on the way.",
    remedy: "Give the relay an https address.",
    link,
  });
}

/** Whether deliveries to that address reach this relay. One on this machine is reached through a tunnel, whose address is not known here. */
export function isRightHook(url: string, relayUrl: string | null): boolean {
  if (url === "") return false;
  if (relayUrl === null || (isLoopback(relayUrl) && !isLoopback(url))) {
    return URL.canParse(url) && new URL(url).pathname === WEBHOOK_PATH;
  }
  return url.toLowerCase() === `${relayUrl}${WEBHOOK_PATH}`.toLowerCase();
}
