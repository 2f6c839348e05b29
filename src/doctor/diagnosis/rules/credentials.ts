import { finding, findLine, findPushLine, type Finding, type Rule } from "../finding.ts";
import type { Evidence } from "../evidence.ts";
import type { LogLine } from "../read-log.ts";
import {
  isDependabotRun,
  isForkRun,
  isOwnNamespace,
  packagesLevel,
  quoteOrigin,
} from "../token-cap.ts";
import { foreignLogin, isHubLibrary, isLoggedIn, isLogin } from "./missing-login.ts";

/** What the registry says of the credential itself. */

const SCOPE =
  /does not match expected scopes|access token has insufficient scopes|SAML (?:enforcement|SSO)|token .{0,60}(?:lacks|missing|without) .{0,30}scope|requires? (?:the )?`?write:packages|not been granted the required scopes|do not have access for the attempted action|because no identity-based policy allows|sts:AssumeRoleWithWebIdentity/i;
const EXPIRED =
  /token (?:(?!may|might|or|not)\w+:? ){0,3}(?:expired|revoked)|expired (?:personal access )?token|ExpiredToken|security token included in the request is (?:invalid|expired)|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|invalid_grant|invalid_client|AADSTS7000/i;
const WRONG =
  /(?:incorrect|invalid|bad|wrong) (?:user ?name|password)|Could not find robot with|HTTP Basic: Access denied|BAD_CREDENTIAL|Request had invalid authentication credentials|unauthorized: authentication failed|Invalid client ?id or client secret|(?:user|account) (?:has been|is) (?:disabled|deactivated|suspended)|Invalid (?:access )?token|Bad credentials|(?<!may have )invalid credentials?\b|must log in with a Personal Access Token|malformed (?:token|HTTP Authorization header)|Robot .{0,60}(?:disabled|expired)/i;
const GHCR_LOGIN_DENIED =
  /(?:Get|Head) \W{0,2}https:\/\/ghcr\.io\/v2\/\W{0,2}: (?:denied: denied|denied$|unauthorized)|ghcr\.io.{0,60}denied: denied/i;
const UNAUTHENTICATED = /User cannot be authenticated with the token/;
// A password may be right and still be refused, where the organization wants single sign-on.
const WRONG_KIND =
  /please use (?:a )?personal access token to log ?in|token .{0,30}expired|invalid_token|Authentication Token not found|not registered with AAD|credentials are (?:not valid|invalid)|email must be verified|could not be authenticated by the GitHub|No OpenIDConnect provider|Cloud federated token|login attempt to \S{1,300} failed with status: 40[13]|AADSTS7002/i;
const TOKEN_REFUSED =
  /failed to fetch oauth token: .{0,400}(?:denied|40[13] )|token\?\S{1,600}: DENIED|token: invalid status code from registry 40[13]/;
const DENIED_TWICE = /denied: denied/;

export const credentialScopeRule: Rule = (evidence) => {
  const line = findPushLine(evidence, SCOPE);
  if (line === null) return null;
  const sure = !/identity-based|insufficient scopes|AssumeRole|attempted action/.test(line.text);
  // Docker Hub's token service says so of a namespace, too, that no token may write to.
  if (!sure && isHubLibrary(evidence)) return finding("wrong-namespace", "likely", [line]);
  // Docker Hub says the same to nobody, and such runs have no secret to log in with.
  if (!sure && (isForkRun(evidence) === true || isDependabotRun(evidence) === true)) {
    return finding("secrets-withheld", "likely", [line], { quotes: quoteOrigin(evidence) });
  }
  return finding("credential-scope", sure ? "certain" : "likely", [line]);
};

/** ghcr answers this to an expired token and, on a push, to no login at all. */
function unauthenticated(evidence: Evidence, line: LogLine): Finding {
  if (isLogin(evidence, line)) return finding("credential-invalid", "certain", [line]);
  const elsewhere = foreignLogin(evidence);
  if (elsewhere !== null) return finding("wrong-namespace", "likely", [line, elsewhere]);
  if (evidence.logins.length > 0) return finding("credential-invalid", "likely", [line]);
  // A wrong token would most often have failed at the login, and there is none.
  return finding("not-logged-in", "likely", [line], {
    note: "The log shows no login to this registry.",
  });
}

/** A token service that refuses the credential, though a login may have seemed to succeed. */
function refusedByTokenService(evidence: Evidence, line: LogLine): Finding | null {
  if (isLogin(evidence, line)) return finding("credential-invalid", "likely", [line]);
  const registry = evidence.image?.reference.registry;
  if (registry !== "ghcr.io" && !line.text.includes("ghcr.io")) return null;
  // The job's own token does not expire within the job, so this refusal passes.
  const ownToken = packagesLevel(evidence) === "write" && isLoggedIn(evidence);
  if (ownToken && isOwnNamespace(evidence) !== false) {
    return finding("registry-unavailable", "likely", [line]);
  }
  return finding("credential-invalid", "likely", [line]);
}

/** What GitHub's registry says to a wrong credential; another one might, after a login. */
function deniedTwice(evidence: Evidence): Finding | null {
  const asked = evidence.step.kind === "login" || evidence.image?.reference.registry === "ghcr.io";
  const line = asked ? findPushLine(evidence, DENIED_TWICE) : null;
  return line === null ? null : finding("credential-invalid", "likely", [line]);
}

// The user names of Amazon's, Google's and GitLab's registries, without a host behind the login.
const FOREIGN_USER =
  /^(?!.*\.(?:com|io|dev)\b).*(?:-u|username)[ =:]{1,3}["']?(?:AWS|_json_key|oauth2accesstoken|gitlab-ci-token)\b/;

/** A login that was made for another registry: without a host it goes to Docker Hub. */
function astray({ step }: Evidence, line: LogLine | null): Finding | null {
  if (line === null || !/docker\.io/.test(line.text)) return null;
  const login = findLine([...step.header, ...step.output], FOREIGN_USER);
  return login === null ? null : finding("wrong-namespace", "likely", [line, login]);
}

export const credentialInvalidRule: Rule = (evidence) => {
  const expired = findPushLine(evidence, EXPIRED);
  if (expired !== null) return finding("credential-invalid", "certain", [expired]);
  const denied = findPushLine(evidence, GHCR_LOGIN_DENIED);
  if (denied !== null) return finding("credential-invalid", "likely", [denied]);
  const unknownUser = findPushLine(evidence, UNAUTHENTICATED);
  if (unknownUser !== null) return unauthenticated(evidence, unknownUser);
  const wrong = findPushLine(evidence, WRONG);
  const kind = findPushLine(evidence, WRONG_KIND);
  const elsewhere = astray(evidence, wrong ?? kind);
  if (elsewhere !== null) return elsewhere;
  if (wrong !== null) {
    // GitLab says its own words to a valid token without the registry's scope, too.
    const sure = isLogin(evidence, wrong) && !/HTTP Basic/.test(wrong.text);
    return finding("credential-invalid", sure ? "certain" : "likely", [wrong]);
  }
  if (kind !== null) return finding("credential-invalid", "likely", [kind]);
  const refused = findPushLine(evidence, TOKEN_REFUSED);
  const byService = refused === null ? null : refusedByTokenService(evidence, refused);
  return byService ?? deniedTwice(evidence);
};
