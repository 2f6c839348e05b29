import type { Evidence } from "../evidence.ts";
import { finding, findPushLine, type Finding, type Rule } from "../finding.ts";
import type { Login } from "../logins.ts";
import type { LogLine } from "../read-log.ts";
import {
  isDependabotRun,
  isForkRun,
  isOwnNamespace,
  packagesLevel,
  quoteOrigin,
  quotePermission,
  tokenCap,
} from "../token-cap.ts";

/**
 * Refusals of ghcr.io. The same words have several causes, so the order is: what the
 * token shows, the event, fork or Dependabot, the owner of the image, and the words last.
 */

const NO_INSTALLATION = /The requested installation does not exist|owner not found/;
const CREATE_PACKAGE =
  /permission_denied: create_package|container support has not been enabled for/;
const WRITE_PACKAGE = /permission_denied: (?:write|read)_package/;
const INSTALLATION =
  /installation not allowed to (Write|Create) \w+ package|denied: Resource not accessible by integration/;
// Of the job's own token the registry speaks without the first word.
const APP_INSTALLATION = /permission_denied: installation not allowed to (?:Write|Create) /;
const GITHUBS_WORDS =
  /ghcr\.io|docker\.pkg\.github\.com|permission_denied|installation|by integration|User cannot be authenticated/;
const OTHER_REPOSITORY = /is already associated with another repository/;
// Even to look was refused: a token of this workflow may at least read its own packages.
const HEAD_REFUSED = /HEAD request to \S{1,600}\/blobs\/\S{1,200}:? 403\b/;
// The layers were taken: a token without the right is refused at the first of them.
const MANIFEST_REFUSED =
  /failed to push .{0,400}(?:"(?:manifest|index)-sha256|\/manifests\/).{0,600}: 403\b/;
const STATUS_403 =
  /unexpected status(?: from (?:HEAD|POST|PUT|PATCH|GET) request to \S{1,600})?: 403 Forbidden|status code 403|: 403 \(Forbidden\)|403 \(?Forbidden\)?|permission_denied(?!:)/;

function quotesOf(evidence: Evidence): Finding["quotes"] {
  return [...quotePermission(evidence, "Packages"), ...quoteOrigin(evidence)];
}

/** The event took the right away; null where it did not, or where that is not known. */
function capped(evidence: Evidence, line: LogLine): Finding | null {
  const quotes = quotesOf(evidence);
  const cap = tokenCap(evidence);
  if (cap === "fork") return finding("token-read-only-fork", "certain", [line], { quotes });
  if (cap !== "dependabot") return null;
  const shown = packagesLevel(evidence) !== null;
  return finding("token-read-only-dependabot", shown ? "certain" : "likely", [line], { quotes });
}

function unclear(line: LogLine, note: string): Finding {
  return finding("unknown", "unknown", [line], {
    note: `ghcr.io refused the push (line ${line.number}). ${note}`,
  });
}

const NOT_ALLOWED = /installation not allowed to/;
const EVENT_REMAINS =
  "If a fork or Dependabot started the run, its event took the right away instead; give `--run run.json` to tell.";

const NEED_BLOCK =
  "A fork or Dependabot (the run object tells), a missing `packages: write` (the job's `GITHUB_TOKEN Permissions` block tells) and, where that block shows `write`, a package that does not know this repository look like this; rarely it is a fault that passes by itself.";

const PULL_TAG = /:(?:pr|pull)[-_]?\d+\b/i;

// Dependabot's branches begin with its name, and tags are made of branches.
const BOT_TAG = /:dependabot[-_.]/i;

/** Nothing but the tag tells of the event; it names a pull request, so the token was capped. */
function byTag(evidence: Evidence, line: LogLine): Finding {
  const known = isForkRun(evidence) !== null || packagesLevel(evidence) === "write";
  const words = `${evidence.image?.line.text} ${line.text}`;
  const bot = BOT_TAG.test(words);
  const tagged = (bot || PULL_TAG.test(words)) && !known && isDependabotRun(evidence) === null;
  if (!tagged) return unclear(line, NEED_BLOCK);
  return finding(bot ? "token-read-only-dependabot" : "token-read-only-fork", "likely", [line], {
    note: "Only the tag says so; the run object would show who opened the pull request.",
  });
}

function foreign(evidence: Evidence, line: LogLine): Finding {
  const image = evidence.image === null ? null : evidence.image.line;
  const quotes = evidence.run === null ? [] : quoteOrigin(evidence);
  return finding("wrong-namespace", "likely", [line, image === line ? null : image], { quotes });
}

/** The token lacks the right and nothing but the workflow took it away. */
function tooLittle(evidence: Evidence, line: LogLine, sure: boolean): Finding {
  return finding("missing-packages-write", sure ? "certain" : "likely", [line], {
    quotes: quotesOf(evidence),
    permission: "packages",
  });
}

/** The token may write packages, but not this one. */
function thisOneDenied(evidence: Evidence, line: LogLine): Finding {
  const own = isOwnNamespace(evidence);
  if (own === false) return foreign(evidence, line);
  const quotes = quotesOf(evidence);
  if (!/ Create /.test(line.text)) return finding("package-access", "likely", [line], { quotes });
  return finding("package-creation-denied", own === true ? "certain" : "likely", [line], {
    quotes,
  });
}

/** A fork keeps the workflow of its origin, and with it the name of the origin's image. */
function ownsImage(evidence: Evidence): boolean | null {
  return isOwnNamespace(evidence) ?? (evidence.run?.inFork === true ? false : null);
}

function installationDenied(evidence: Evidence, line: LogLine): Finding {
  const byEvent = capped(evidence, line);
  if (byEvent !== null) return byEvent;
  const level = packagesLevel(evidence);
  if (level === "write") return thisOneDenied(evidence, line);
  const own = ownsImage(evidence);
  const cap = tokenCap(evidence);
  const sure = !APP_INSTALLATION.test(line.text) && own !== false;
  if (level !== null && cap === "none") return tooLittle(evidence, line, sure);
  // Whatever the event, a workflow that names permissions without `packages` asks for none.
  if (level === "none" && evidence.event === null) return tooLittle(evidence, line, false);
  if (own === false) return foreign(evidence, line);
  return cap === "none" ? tooLittle(evidence, line, false) : ofUnknownRun(evidence, line);
}

/** The job's token may not write; whether the event or the workflow took the right is not shown. */
function ofUnknownRun(evidence: Evidence, line: LogLine): Finding {
  const tagged = byTag(evidence, line);
  const open = tagged.cause !== "unknown" || evidence.event?.startsWith("pull_request") === true;
  if (open || !NOT_ALLOWED.test(line.text)) return tagged;
  return { ...tooLittle(evidence, line, false), note: EVENT_REMAINS };
}

/** The token shows `read` or nothing, so the package was never asked. */
function writeDeniedByToken(evidence: Evidence, line: LogLine): Finding {
  const byEvent = capped(evidence, line);
  if (byEvent !== null) return byEvent;
  return tokenCap(evidence) === "none"
    ? tooLittle(evidence, line, false)
    : unclear(line, NEED_BLOCK);
}

function writePackageDenied(evidence: Evidence, line: LogLine): Finding {
  const level = packagesLevel(evidence);
  if (level === "read" || level === "none") return writeDeniedByToken(evidence, line);
  const own = isOwnNamespace(evidence);
  if (own === false) return foreign(evidence, line);
  const byEvent = capped(evidence, line);
  // A workflow may raise Dependabot's token, so without the block both causes remain.
  if (byEvent?.cause === "token-read-only-dependabot") return unclear(line, NEED_BLOCK);
  if (byEvent !== null) return byEvent;
  const sure = level === "write" && own === true;
  const quotes = quotesOf(evidence);
  return finding("package-access", sure ? "certain" : "likely", [line], { quotes });
}

/** A 403 to a token that may write packages, or of which nothing is known. */
function ableDenied(evidence: Evidence, line: LogLine): Finding {
  const last = findPushLine(evidence, MANIFEST_REFUSED);
  if (last !== null) return finding("registry-unavailable", "likely", [last]);
  if (packagesLevel(evidence) !== "write" && !HEAD_REFUSED.test(line.text)) {
    return byTag(evidence, line);
  }
  return finding("package-access", "likely", [line], { quotes: quotesOf(evidence) });
}

function status403(evidence: Evidence, line: LogLine): Finding {
  const byEvent = capped(evidence, line);
  if (byEvent !== null) return byEvent;
  const level = packagesLevel(evidence);
  const free = tokenCap(evidence) === "none";
  const able = level === null || level === "write";
  if (ownsImage(evidence) === false && (able || free)) return foreign(evidence, line);
  if (able) return ableDenied(evidence, line);
  const lacks = free || (level === "none" && evidence.event === null);
  return lacks ? tooLittle(evidence, line, false) : byTag(evidence, line);
}

/** The token of an App of one's own, which `permissions:` in the workflow does not govern. */
function ofApp(line: LogLine): Finding {
  const creating = / Create /.test(line.text);
  return finding(creating ? "package-creation-denied" : "credential-scope", "likely", [line]);
}

/** True if GitHub's registry refused, by its name or by the right that the token shows. */
export function isGitHubRegistry(evidence: Evidence, line: LogLine): boolean {
  const registry = evidence.image?.reference.registry;
  if (GITHUBS_WORDS.test(line.text)) return true;
  if (registry !== undefined) return registry === "ghcr.io" || registry === "docker.pkg.github.com";
  // Who was shown nothing answers 401, and these runs have nothing but GitHub's token to show.
  const poor = isForkRun(evidence) === true || isDependabotRun(evidence) === true;
  if (poor && STATUS_403.test(line.text)) return true;
  // Only who pushes to GitHub asks for this right; a login to another registry would say otherwise.
  return packagesLevel(evidence) === "write" && evidence.logins.every(isGitHubLogin);
}

function isGitHubLogin({ registry }: Login): boolean {
  return registry === "ghcr.io" || registry === null;
}

/** The token has no say under this owner; a fork's has none anywhere, also not under its own. */
function noInstallation(evidence: Evidence, line: LogLine): Finding {
  const quotes = evidence.run === null ? [] : quoteOrigin(evidence);
  if (tokenCap(evidence) === "fork") {
    return finding("token-read-only-fork", "likely", [line], { quotes });
  }
  const sure = isOwnNamespace(evidence) === false && isForkRun(evidence) === false;
  return finding("wrong-namespace", sure ? "certain" : "likely", [line], { quotes });
}

export const githubPackagesRule: Rule = (evidence) => {
  const absent = findPushLine(evidence, NO_INSTALLATION);
  if (absent !== null) return noInstallation(evidence, absent);
  const other = findPushLine(evidence, OTHER_REPOSITORY);
  if (other !== null) return finding("package-access", "certain", [other]);
  const creating = findPushLine(evidence, CREATE_PACKAGE);
  if (creating !== null) {
    return finding("package-creation-denied", "likely", [creating], { quotes: quotesOf(evidence) });
  }
  const appToken = findPushLine(evidence, APP_INSTALLATION);
  const level = packagesLevel(evidence);
  if (appToken !== null && (level === null || level === "write")) return ofApp(appToken);
  const installation = findPushLine(evidence, INSTALLATION);
  if (installation !== null) return installationDenied(evidence, installation);
  const writing = findPushLine(evidence, WRITE_PACKAGE);
  if (writing !== null) return writePackageDenied(evidence, writing);
  const status = findPushLine(evidence, STATUS_403);
  return status !== null && isGitHubRegistry(evidence, status) ? status403(evidence, status) : null;
};
