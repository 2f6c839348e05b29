import type { Quote } from "./cause.ts";
import { quoteText } from "./clean-text.ts";
import type { Evidence } from "./evidence.ts";
import { permissionLevel } from "./permissions-block.ts";
import type { LogLine } from "./read-log.ts";
import { quoteRun } from "./run-facts.ts";

/** Whether the event itself limited the job's token; only then no `permissions:` key helps. */

export type TokenCap = "fork" | "dependabot" | "none" | "unknown";

const FORK_EVENTS = new Set(["pull_request", "pull_request_review", "pull_request_review_comment"]);
const DEPENDABOT_EVENTS = new Set([...FORK_EVENTS, "push", "create", "deployment"]);

export function quoteLine(line: LogLine): Quote {
  return { line: line.number, text: quoteText(line.text) };
}

/** True, false, or null where neither the run object nor the log tells. */
export function isForkRun(evidence: Evidence): boolean | null {
  const { run, token, event } = evidence;
  if (event !== null && !FORK_EVENTS.has(event)) return false;
  const told = run?.fromFork ?? null;
  if (told !== null || token.secretSource === null) return told;
  // The runner names the store that secrets came from; a fork's run gets none.
  if (token.secretSource.value !== "None") return false;
  return event === null ? null : true;
}

/** True, false, or null where neither the run object nor the log tells. */
export function isDependabotRun(evidence: Evidence): boolean | null {
  const { run, token, event } = evidence;
  if (event !== null && !DEPENDABOT_EVENTS.has(event)) return false;
  if (token.secretSource !== null) return token.secretSource.value === "Dependabot";
  if (run === null || (run.actor === null && run.botBranch === null)) return null;
  return run.actor === null || run.actor === "dependabot[bot]";
}

/** The level of `packages` in the job's token, null if the log has no block. */
export function packagesLevel(evidence: Evidence): "read" | "write" | "none" | null {
  return permissionLevel(evidence.token, "Packages");
}

/** Decides in the order that GitHub does: a token that shows `write` was not capped. */
export function tokenCap(evidence: Evidence, permission = "Packages"): TokenCap {
  if (permissionLevel(evidence.token, permission) === "write") return "none";
  const fork = isForkRun(evidence);
  const dependabot = isDependabotRun(evidence);
  if (fork === true) return "fork";
  if (dependabot === true) return "dependabot";
  return fork === false && dependabot === false ? "none" : "unknown";
}

/** Quotes what the log shows of one permission, or the block's heading if it leaves it out. */
export function quotePermission(evidence: Evidence, permission: string): Quote[] {
  const entry = evidence.token.permissions?.get(permission.toLowerCase())?.line;
  const line = entry ?? evidence.token.heading;
  return line === null ? [] : [quoteLine(line)];
}

/** Quotes why a run counts as a fork's, as Dependabot's, or as neither. */
export function quoteOrigin(evidence: Evidence): Quote[] {
  const quotes: Quote[] = [];
  if (evidence.token.secretSource !== null)
    quotes.push(quoteLine(evidence.token.secretSource.line));
  if (evidence.run !== null) quotes.push(quoteRun(evidence.run));
  return quotes;
}

/** True or false if both the image's owner and the repository's are known; case is ignored. */
export function isOwnNamespace(evidence: Evidence): boolean | null {
  const owner = evidence.image?.reference.owner ?? null;
  const account = evidence.repository?.split("/")[0] ?? null;
  if (owner === null || account === null) return null;
  return owner.toLowerCase() === account.toLowerCase();
}
