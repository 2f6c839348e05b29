import type { Evidence } from "../evidence.ts";
import { finding, findPushLine, type Finding, type Rule } from "../finding.ts";
import type { LogLine } from "../read-log.ts";
import { isForkRun } from "../token-cap.ts";

/** The registry saw no credential: none was given, or it was given to another registry. */

export const ANONYMOUS =
  /no basic auth credentials|No credentials (?:found|provided) for|anonymous (?:token|users)|Unable to locate credentials|Unauthenticated requests? (?:do|does) not have permission|basic credential not found|Registry needs login|You are not logged in|not logged in(?:to| to)/i;
const UNAUTHORIZED =
  /authentication required|status code 401|401 \(?Unauthorized|unauthorized: not authorized/i;

function sameRegistry(registry: string, host: string): boolean {
  return registry === host || registry.endsWith(`.${host}`);
}

/** A successful login to a registry other than the one pushed to. */
export function foreignLogin(evidence: Evidence): LogLine | null {
  const target = evidence.image?.reference.registry;
  if (target === undefined || evidence.logins.length === 0 || evidence.hasHelper) return null;
  const known = evidence.logins.every(
    (login) => login.registry !== null && !/[*$]/.test(login.registry),
  );
  if (!known || /[*$]/.test(target)) return null;
  if (evidence.logins.some((login) => sameRegistry(login.registry ?? "", target))) return null;
  return evidence.logins.find((login) => login.succeeded)?.line ?? null;
}

/**
 * A login to GitHub's registry and to no other, where the image has no registry in its name or
 * none at all. What Docker Hub says of a push also says that the login before it went through.
 */
export function githubLoginOnly({ image, logins, hasHelper }: Evidence): LogLine | null {
  if (hasHelper || (image !== null && image.reference.registry !== "docker.io")) return null;
  const isGitHub = logins.every(
    ({ registry }) => registry === "ghcr.io" || registry === "docker.pkg.github.com",
  );
  return isGitHub ? (logins[0]?.line ?? null) : null;
}

/** True if the log shows that this registry accepted a login. */
export function isLoggedIn(evidence: Evidence): boolean {
  const target = evidence.image?.reference.registry;
  return evidence.logins.some(
    (login) =>
      login.succeeded &&
      (login.registry === null || target === undefined || sameRegistry(login.registry, target)),
  );
}

/** True if the whole job is there and nothing in it logs in anywhere. */
export function hasNoLogin(evidence: Evidence): boolean {
  return evidence.complete && evidence.logins.length === 0 && !evidence.hasHelper;
}

/** True for an image without a namespace: on Docker Hub that is where nobody may push. */
export function isHubLibrary(evidence: Evidence): boolean {
  const image = evidence.image?.reference;
  return image?.registry === "docker.io" && image.owner === "library" && !image.path.includes("*");
}

/** True if the refusal answered a login and not a push. */
export function isLogin(evidence: Evidence, line: LogLine): boolean {
  if (
    evidence.step.kind === "login" ||
    /\blogin\b|\blogging into\b|authenticating creds/i.test(line.text)
  )
    return true;
  return /(?:Get|Head) \W{0,2}https?:\/\/[^\s/"]{1,200}\/v2\/\W{0,2}: /.test(line.text);
}

function withoutLogin(evidence: Evidence, line: LogLine): Finding {
  const elsewhere = foreignLogin(evidence);
  if (elsewhere !== null) return finding("wrong-namespace", "likely", [line, elsewhere]);
  // A fork's run may have left the login out because it has no secret to show.
  const sure = hasNoLogin(evidence) && isForkRun(evidence) === false;
  return finding("not-logged-in", sure ? "certain" : "likely", [line]);
}

/** The words say that no credential was sent; that outranks the status next to them. */
export const anonymousRule: Rule = (evidence) => {
  const anonymous = findPushLine(evidence, ANONYMOUS);
  return anonymous === null ? null : withoutLogin(evidence, anonymous);
};

/** A 401 that does not say whether a credential was sent. */
export const missingLoginRule: Rule = (evidence) => {
  const line = findPushLine(evidence, UNAUTHORIZED);
  if (line === null) return null;
  if (/oauth token/.test(line.text)) {
    const mayNobody = isHubLibrary(evidence);
    return mayNobody ? finding("wrong-namespace", "likely", [line]) : refusedToken(evidence, line);
  }
  if (isLogin(evidence, line)) return finding("credential-invalid", "likely", [line]);
  if (foreignLogin(evidence) !== null) return withoutLogin(evidence, line);
  // A credential that a file brought would not show as a login, and may be wrong.
  if (hasNoLogin(evidence)) return finding("not-logged-in", "likely", [line]);
  if (isHubLibrary(evidence)) return finding("wrong-namespace", "likely", [line]);
  // What Quay means by it is for the rule that knows Quay.
  if (evidence.image?.reference.registry === "quay.io") return null;
  return finding("unknown", "unknown", [line], {
    note: `The registry wanted a login (line ${line.number}). Either none was made for exactly this host and tool, or it had expired by then, or its account may not write there: the login step tells, and how long before the push it ran.`,
  });
};

/** A token server that answers 401 was shown a credential and did not take it. */
function refusedToken(evidence: Evidence, line: LogLine): Finding {
  const elsewhere = foreignLogin(evidence);
  if (elsewhere !== null) return finding("wrong-namespace", "likely", [line, elsewhere]);
  if (evidence.logins.length > 0 && !isLoggedIn(evidence)) {
    return finding("credential-invalid", "likely", [line]);
  }
  return finding("unknown", "unknown", [line], {
    note: `The registry's token service refused the credential (line ${line.number}): it is expired or wrong, or it may not reach this repository.`,
  });
}
