import type { LogLine } from "./read-log.ts";

/** What the runner printed about the job's token before the first step. */
export interface TokenFacts {
  /** Null if the log has no `GITHUB_TOKEN Permissions` block. */
  permissions: Map<string, { level: string; line: LogLine }> | null;
  heading: LogLine | null;
  /** `Actions`, `Dependabot`, `None` … Null if the log does not say. */
  secretSource: { value: string; line: LogLine } | null;
}

const HEADING = /^(?:##\[group\])?\s*GITHUB_TOKEN Permissions\s*$/;
const ENTRY = /^\s*([A-Z][A-Za-z]{2,40}): (read|write|none)\s*$/;
const SECRET_SOURCE = /^\s*Secret source: ([A-Za-z]{2,20})\s*$/;
const MAX_ENTRIES = 60;
// The block stands in the first lines of a job; further down a test could print one.
const SEARCH_LINES = 4_000;

function readEntries(lines: LogLine[], from: number): NonNullable<TokenFacts["permissions"]> {
  const found: NonNullable<TokenFacts["permissions"]> = new Map();
  for (const line of lines.slice(from, from + MAX_ENTRIES)) {
    const entry = ENTRY.exec(line.text);
    if (entry === null) break;
    found.set((entry[1] ?? "").toLowerCase(), { level: entry[2] ?? "none", line });
  }
  return found;
}

/** Finds the block of the given job, or the first one if the lines name no job. */
export function readTokenFacts(lines: LogLine[], job: string | null): TokenFacts {
  const facts: TokenFacts = { permissions: null, heading: null, secretSource: null };
  let looked = 0;
  for (const [index, line] of lines.entries()) {
    if (job !== null && line.job !== job) continue;
    looked += 1;
    if (looked > SEARCH_LINES || line.text.startsWith("##[group]Run ")) break;
    if (facts.permissions === null && HEADING.test(line.text)) {
      facts.heading = line;
      facts.permissions = readEntries(lines, index + 1);
    }
    const source = SECRET_SOURCE.exec(line.text);
    if (source !== null && facts.secretSource === null) {
      facts.secretSource = { value: source[1] ?? "", line };
    }
  }
  return facts;
}

/** The level of one permission; a name that the block leaves out is `none`. */
export function permissionLevel(facts: TokenFacts, name: string): "read" | "write" | "none" | null {
  if (facts.permissions === null) return null;
  const level = facts.permissions.get(name.toLowerCase())?.level;
  return level === "read" || level === "write" ? level : "none";
}
