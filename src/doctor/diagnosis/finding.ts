import type { Cause, Confidence, Quote } from "./cause.ts";
import type { Evidence } from "./evidence.ts";
import type { LogLine } from "./read-log.ts";
import { quoteLine } from "./token-cap.ts";

/** What one rule concludes. `unknown` with a note means: this was the failure, but not why. */
export interface Finding {
  cause: Cause;
  confidence: Confidence;
  quotes: Quote[];
  /** A sentence about this case, put before the general explanation. */
  note?: string;
  /** The permission that the step needed, for `missing-packages-write`. */
  permission?: string;
}

export type Rule = (evidence: Evidence) => Finding | null;

/** The last line that matches: tools repeat the whole message at their end. */
export function findLine(lines: LogLine[], pattern: RegExp): LogLine | null {
  return lines.findLast((line) => pattern.test(line.text)) ?? null;
}

/** The first line that matches and does not speak of pulling a base image. */
export function findPushLine(evidence: Evidence, pattern: RegExp): LogLine | null {
  const { text, lines } = evidence.output;
  if (!inAnyLine(pattern).test(text)) return null;
  return lines.find((line) => pattern.test(line.text) && !isNoPush(line.text)) ?? null;
}

/** The pattern for all lines at once: one search instead of one for each line. */
function inAnyLine(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags}m`);
}

const PULL =
  /^docker: Error response|pull rate limit|load metadata for|failed to resolve (?:source metadata|reference)|failed to load cache key|pull access denied|error pulling image|Unable to find image|pull command|ailed to pull |ErrImagePull|[Pp]ulling (?:from|image)|\bpull(?:ing)? (?:of )?(?:the )?base|token\?(?!\S*(?:push|user%2Fimage))\S{1,600}pull\b|httpReadSeeker|initializing source|Trying to pull|reading manifest .{1,200} in |error getting credentials|\bfetching "|(?<!\bpush: .{0,200})\b(?:Head|G[Ee][Tt]) \W{0,2}https?:\/\/[^ ]{1,300}\/manifests\/|moby\/buildkit|tonistiigi\/binfmt/;
const LANGUAGE_TOOLS =
  /apt-get|npm ERR!|npm error|pip install|deb\.debian|archive\.ubuntu|registry\.npmjs|pypi\.org|proxy\.golang|crates\.io|rubygems\.org|\.git\b|(?:repo1?|central)\.maven/;

/** True if a message is about fetching an image and not about publishing one. */
export function isPull(text: string): boolean {
  return PULL.test(text);
}

/** True if a message is about anything else than publishing an image. */
export function isNoPush(text: string): boolean {
  return PULL.test(text) || LANGUAGE_TOOLS.test(text);
}

export function finding(
  cause: Cause,
  confidence: Confidence,
  lines: (LogLine | null)[],
  more: Partial<Finding> = {},
): Finding {
  const quotes = lines.filter((line) => line !== null).map(quoteLine);
  return { cause, confidence, ...more, quotes: [...quotes, ...(more.quotes ?? [])] };
}

/** An image that the build needs did not come; why that is, these rules do not judge. */
export function fetchFailed(line: LogLine): Finding {
  return finding("unknown", "unknown", [line], {
    note: `An image could not be fetched (line ${line.number}); nothing was pushed yet. Log in to its registry before the build; against a limit, pull through a mirror.`,
  });
}
