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

interface OptionalPart {
  /** The relay's setting that does without it. */
  readonly setting: string;
  /** The least that it works with. */
  readonly permissions: Readonly<Record<string, "read" | "write">>;
  /** What there will not be, as a part of a sentence. */
  readonly loss: string;
}

/** What a relay tells and hears beside publishing; each can be switched off. */
const OPTIONAL_PARTS: readonly OptionalPart[] = [
  {
    setting: "REPORT_CHECKS",
    permissions: REPORT_PERMISSIONS,
    loss: "merge commits get no check run and no “Publish again” button",
  },
  {
    setting: "REPORT_COMMENTS",
    // Commands are heard with Issues: read; the comment and reactions are written with the other.
    permissions: { issues: "read", pull_requests: "write" },
    loss: "pull requests get no comment with the image, and commands such as /publish are not heard or not answered",
  },
];

/** The parts that a relay with these settings wants. */
export function wantedParts(environment: Readonly<Record<string, string>>): OptionalPart[] {
  return OPTIONAL_PARTS.filter(({ setting }) => environment[setting] !== "off");
}

/**
 * Why each event is needed. Not in the list, since GitHub sends them without being asked: presses
 * on a check run's button, its “Re-run” and “Re-run all checks” (by Checks: write: `check_run` and
 * `check_suite`, to which an App that subscribes is sent other Apps' checks, too), and installation
 * bookkeeping.
 */
export const NEEDED_EVENTS: Readonly<Record<string, string>> = {
  pull_request: "merges would only be found by the slow scan",
  push: "release tags would start nothing",
  workflow_run: "runs would be followed by polling only",
};

/** Bookkeeping: a renamed repository is noticed at once. */
export const USEFUL_EVENTS: readonly string[] = ["repository"];
export const COMMENT_EVENTS: readonly string[] = ["issue_comment"];

/** What is missed without an event that is not needed. */
export const EVENT_LOSSES: Readonly<Record<string, string>> = {
  repository: "a renamed or transferred repository is noticed late",
  issue_comment: "commands in comments such as /publish are never heard",
};

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
