/** Where the relay is: as it was given, or as the App's webhook says. */
import type { Patient } from "./patient.ts";

export const WEBHOOK_PATH = "/webhooks/github";

/** The relay's address without a trailing slash, or null where nothing tells it. */
export async function relayUrlOf({ relayUrl, github }: Patient): Promise<string | null> {
  if (relayUrl !== null) return relayUrl;
  const hook = await github.hook();
  return hook.kind === "known" && hook.value.url.endsWith(WEBHOOK_PATH)
    ? hook.value.url.slice(0, -WEBHOOK_PATH.length)
    : null;
}

/** Whether an address is this machine's own. */
export function isLoopback(url: string): boolean {
  return (
    URL.canParse(url) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname)
  );
}
