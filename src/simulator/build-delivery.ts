import { signDelivery, signDeliverySha1 } from "./signing.ts";
import type { WorldEvent, WorldState } from "./world/state.ts";

/** The id of the App's one webhook. */
export const HOOK_ID = 4_711;

export type DeliveryContentType = "json" | "form";

export interface BuiltDelivery {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Signs an event as GitHub sends it. */
export function buildDelivery(
  state: WorldState,
  event: WorldEvent,
  options: { guid: string; contentType: DeliveryContentType; secret?: string },
): BuiltDelivery {
  const payload = JSON.stringify(event.payload);
  const form = options.contentType === "form";
  const body = form ? `payload=${encodeURIComponent(payload).replaceAll("%20", "+")}` : payload;
  const secret = options.secret ?? state.app.webhookSecret;
  return {
    body,
    headers: {
      accept: "*/*",
      "content-type": form ? "application/x-www-form-urlencoded" : "application/json",
      "user-agent": "GitHub-Hookshot/51a1b2c",
      "x-github-delivery": options.guid,
      "x-github-event": event.name,
      "x-github-hook-id": String(HOOK_ID),
      "x-github-hook-installation-target-id": String(state.app.id),
      "x-github-hook-installation-target-type": "integration",
      "x-hub-signature": signDeliverySha1(secret, body),
      "x-hub-signature-256": signDelivery(secret, body),
    },
  };
}
