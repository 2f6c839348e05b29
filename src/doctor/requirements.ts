/** What the relay needs of its App: the one list for the manifest, the checks and the guide. */

/** Without these nothing is published. */
export const NEEDED_PERMISSIONS: Readonly<Record<string, "read" | "write">> = {
  metadata: "read",
  contents: "read",
  pull_requests: "read",
  actions: "write",
};

/** For the check run with its “Publish again” button. */
export const REPORT_PERMISSIONS: Readonly<Record<string, "read" | "write">> = { checks: "write" };

/** For commands in comments and the comment that reports. */
export const COMMENT_PERMISSIONS: Readonly<Record<string, "read" | "write">> = {
  issues: "write",
  pull_requests: "write",
};

/** Why each event is needed. */
export const NEEDED_EVENTS: Readonly<Record<string, string>> = {
  pull_request: "merges would only be found by the slow scan",
  push: "release tags would start nothing",
  workflow_run: "runs would be followed by polling only",
};

/** Bookkeeping: a renamed repository is noticed at once. */
export const USEFUL_EVENTS: readonly string[] = ["repository"];
export const COMMENT_EVENTS: readonly string[] = ["issue_comment"];

const RANKS = ["read", "write", "admin"];

/** Permissions of `wanted` that are not granted at that level or above, as `name: level`. */
export function missingPermissions(
  granted: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(wanted)
    .filter(([name, level]) => {
      // Every App reads metadata, whether that is listed or not.
      const has = granted[name] ?? (name === "metadata" ? "read" : "");
      return RANKS.indexOf(has) < RANKS.indexOf(level);
    })
    .map(([name, level]) => `${name}: ${level}`);
}
