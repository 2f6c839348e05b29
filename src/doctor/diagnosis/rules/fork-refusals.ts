import type { Evidence } from "../evidence.ts";
import { finding, findPushLine, type Finding, type Rule } from "../finding.ts";
import type { LogLine } from "../read-log.ts";
import { isDependabotRun, isForkRun, packagesLevel, quoteOrigin } from "../token-cap.ts";
import { githubPackagesRule, isGitHubRegistry } from "./github-packages.ts";
import { ANONYMOUS, isLoggedIn, isLogin } from "./missing-login.ts";

/** Refusals of a run that was given no secret and no right, in whatever words. */

const REFUSAL =
  /(?<!permission )\bdenied\b|\bforbidden\b|unauthori[sz]ed|unauthenticated|cannot be authenticated|insufficient_scope|not accessible by|\b40[13]\b/i;
// Said only where a credential was shown; GitHub's own is there for every run to log in with.
const SHOWN = /expired/i;

/** GitHub refused the run's only credential; a login takes a reading token, so it had another. */
function byGitHub(evidence: Evidence, line: LogLine): Finding | null {
  if (isForkRun(evidence) !== true || packagesLevel(evidence) === "write") return null;
  if (isLogin(evidence, line)) return null;
  const quotes = quoteOrigin(evidence);
  const exact = githubPackagesRule(evidence);
  return exact ?? finding("token-read-only-fork", "likely", [line], { quotes });
}

/**
 * A fork's run cannot have another credential than its reading token, so a refusal by GitHub is
 * the token's and one by another registry is the missing secret's. Dependabot has secrets of its
 * own, which are rarely set.
 */
export const forkRefusalRule: Rule = (evidence) => {
  if (isForkRun(evidence) !== true && isDependabotRun(evidence) !== true) return null;
  const anonymous = findPushLine(evidence, ANONYMOUS);
  const line = anonymous ?? findPushLine(evidence, REFUSAL);
  if (line === null || SHOWN.test(line.text)) return null;
  if (isGitHubRegistry(evidence, line)) return anonymous === null ? byGitHub(evidence, line) : null;
  if (isLoggedIn(evidence)) return null;
  return finding("secrets-withheld", "likely", [line], { quotes: quoteOrigin(evidence) });
};
