/**
 * Which deliveries can matter to the relay, by event and action alone: all that GitHub's list of
 * deliveries tells of one.
 */
const ACTIONS: Readonly<Record<string, readonly string[] | "any">> = {
  pull_request: ["closed"],
  push: "any",
  workflow_run: ["requested", "in_progress", "completed"],
  issue_comment: ["created"],
  check_run: ["requested_action", "rerequested"],
  check_suite: ["rerequested"],
  repository: ["renamed", "transferred"],
  installation: "any",
  installation_repositories: "any",
  installation_target: "any",
};

/** True when a delivery of that event and action may have to be acted upon. */
export function mayMatter(event: string, action: string | null): boolean {
  const actions = Object.hasOwn(ACTIONS, event) ? ACTIONS[event] : undefined;
  if (actions === undefined) return false;
  return actions === "any" || (action !== null && actions.includes(action));
}
