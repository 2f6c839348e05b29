import { HOOK_ID } from "../build-delivery.ts";
import type { WorldEvent, WorldState } from "../world/state.ts";

/** What GitHub sends when a webhook is saved. */
export function pingEvent(state: WorldState): WorldEvent {
  const hook = {
    type: "App",
    id: HOOK_ID,
    name: "web",
    active: true,
    events: state.app.events,
    config: { content_type: "json", insecure_ssl: "0", secret: "********", url: state.url() },
    updated_at: new Date(state.now()).toISOString(),
    created_at: new Date(state.now()).toISOString(),
    app_id: state.app.id,
  };
  const payload = { zen: "Keep it logically awesome.", hook_id: hook.id, hook };
  return { name: "ping", action: null, repositoryId: null, installationId: null, payload };
}
