import type { WorldEvent, WorldState } from "./world/state.ts";

/** Events that every App is sent without subscribing. */
const ALWAYS = new Set(["ping", "installation", "installation_repositories"]);

/** Permission that an event needs, beside the subscription. */
const NEEDS: Readonly<Record<string, string>> = {
  pull_request: "pull_requests",
  push: "contents",
  workflow_run: "actions",
  issue_comment: "issues",
  check_run: "checks",
  check_suite: "checks",
};

/** Whether GitHub would tell the App of an event: subscribed, installed, permitted, not suspended. */
export function createWebhookFilter(state: WorldState): (event: WorldEvent) => boolean {
  return ({ name, action, installationId }) => {
    if (ALWAYS.has(name)) {
      return true;
    }
    const installation = state.installations.get(installationId ?? -1);
    if (installation === undefined || installation.suspendedAt !== null) {
      return false;
    }
    const needed = NEEDS[name];
    const permitted = needed === undefined || installation.permissions[needed] !== undefined;
    const automatic =
      name in NEEDS &&
      NEEDS[name] === "checks" &&
      (action === "requested_action" || action === "rerequested");
    return permitted && (automatic || installation.events.includes(name));
  };
}
