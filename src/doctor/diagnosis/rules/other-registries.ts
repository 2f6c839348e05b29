import type { Cause } from "../cause.ts";
import type { Evidence } from "../evidence.ts";
import { fetchFailed, finding, findPushLine, isPull, type Finding, type Rule } from "../finding.ts";
import type { LogLine } from "../read-log.ts";
import {
  foreignLogin,
  githubLoginOnly,
  hasNoLogin,
  isHubLibrary,
  isLoggedIn,
} from "./missing-login.ts";

/** Refusals of Docker Hub, ECR, Artifact Registry, Quay, GitLab, Harbor and others. */

const HUB_DENIED =
  /requested access to the resource is denied|insufficient_scope: authorization failed|push access denied/;
const RESOURCE_POLICY = /because no resource-based policy allows/;
// The distribution spec's NAME_UNKNOWN, and what ECR, Harbor and others say for it.
const ABSENT =
  /the repository with name '[^']{1,300}' does not exist|NAME_UNKNOWN|name unknown\b|\bproject \S{1,200} not found|namespace \S{1,200} (?:not found|does not exist)/i;
// Artifact Registry, where it stands in for gcr.io, may make a repository of the first push.
const CREATE_ON_PUSH = /createOnPush|Creating on push requires/;
// Artifactory, Nexus, Gitea and others name the right of an account that they know.
const NO_RIGHT =
  /does not have permission (?:to (?:push|deploy)|for manifest)|not (?:authorized|allowed|permitted) to (?:push|deploy)\b|reqPackageAccess/i;
const GOOGLE_DENIED =
  /Permission \W{0,2}(?:artifactregistry\.repositories\.uploadArtifacts|iam\.\w+\.\w+)\W{1,3}denied on resource|Caller does not have permission 'storage\.|does not have authorization to perform action 'Microsoft/;
// Whoever may write may read as well, so a push that may not even read has no account at all.
const GCR_DENIED =
  /You don't have the needed permissions to perform this operation|artifactregistry\.repositories\.downloadArtifacts\W{1,3}denied/;
const AWS_UNAUTHORIZED = /is not authorized to perform: ecr(?:-public)?:\w/;
// Docker Hub itself refuses with 401; this comes from what stands in front of it.
const HUB_FRONT = /https:\/\/registry-1\.docker\.io\/v2\/\S{1,400}: 403\b/;
const QUAY_DENIED = /access to the requested resource is not authorized/;
const QUAY_401 = /\bunauthori[sz]ed\b|\b401\b/i;
const HARBOR_DENIED = /unauthorized to access repository: \S{1,300}, action: push/;
const GITLAB_DENIED = /denied: access forbidden/;
const ARCHIVED = /repository .{0,200}(?:is archived|has been archived|is read-only)/i;

function unclear(line: LogLine, note: string): Finding {
  return finding("unknown", "unknown", [line], {
    note: `The registry refused the push (line ${line.number}). ${note}`,
  });
}

/** Docker Hub masks the account's name in logs, so a half-masked owner is another account. */
function isHalfMasked(evidence: Evidence): boolean {
  const first = evidence.image?.reference.path.split("/")[0] ?? "";
  return first.includes("***") && first !== "***";
}

/** Whether the image belongs to the account that logged in: a secret name is masked everywhere. */
function ownerAgainstLogin(evidence: Evidence): "own" | "other" | null {
  const owner = evidence.image?.reference.path.split("/")[0] ?? "";
  const login = evidence.logins.findLast((one) => one.succeeded && one.registry === "docker.io");
  const name = login?.username ?? null;
  if (name === null || owner === "" || /[${]/.test(name + owner)) return null;
  return owner.toLowerCase() === name.toLowerCase() ? "own" : "other";
}

function hubDenied(evidence: Evidence, line: LogLine): Finding {
  const imageLine = evidence.image?.line ?? null;
  const named = imageLine === line ? null : imageLine;
  if (isHubLibrary(evidence)) {
    // Nobody may push there; without a login in sight that may be missing as well.
    const sure = evidence.logins.some((login) => login.succeeded);
    return finding("wrong-namespace", sure ? "certain" : "likely", [line, named]);
  }
  const elsewhere = foreignLogin(evidence);
  if (elsewhere !== null) {
    const sure = evidence.complete;
    return finding("wrong-namespace", sure ? "certain" : "likely", [line, elsewhere, named]);
  }
  const github = githubLoginOnly(evidence);
  if (github !== null) return finding("wrong-namespace", "likely", [line, github, named]);
  if (hasNoLogin(evidence)) return finding("not-logged-in", "likely", [line]);
  return ofHubAccount(evidence, line, named);
}

/** A push to Docker Hub under an account's name, which may be another one than the login's. */
function ofHubAccount(evidence: Evidence, line: LogLine, named: LogLine | null): Finding {
  if (isHalfMasked(evidence)) return finding("wrong-namespace", "likely", [line, named]);
  const owner = ownerAgainstLogin(evidence);
  if (owner === "other") return finding("wrong-namespace", "likely", [line, named]);
  // Absent, archived and closed are one cause; only an old token's scope remains beside it.
  if (owner === "own" || isLoggedIn(evidence)) {
    return finding("package-access", "likely", [line, named]);
  }
  return unclear(
    line,
    "Either the name lacks the registry that was meant, or its first part is not the account of the login (compare it with the login step), or the repository is absent or archived, or the token may only read, or no login reached the tool that pushes.",
  );
}

/** Quay's registry, by its name or, where none stands there, by its words. */
function isQuay(evidence: Evidence, line: LogLine): boolean {
  const registry = evidence.image?.reference.registry;
  return registry === "quay.io" || (registry === undefined && QUAY_DENIED.test(line.text));
}

/** A registry that names the refused right has authenticated somebody. */
function namedRefusal(evidence: Evidence, line: LogLine): Finding {
  const elsewhere = foreignLogin(evidence);
  if (elsewhere !== null) return finding("wrong-namespace", "likely", [line, elsewhere]);
  // Quay answers so for a repository that is absent or closed to the robot, rarely to nobody.
  const quay = isQuay(evidence, line) && !hasNoLogin(evidence);
  if (quay || isLoggedIn(evidence)) return finding("package-access", "likely", [line]);
  return unclear(
    line,
    "The log shows no login to it: none was made, or its account may not write there (then it shows `Login Succeeded`).",
  );
}

/** The repository is not there for this account; only a login to another registry says more. */
function refusedAccount(evidence: Evidence, line: LogLine): Finding {
  const elsewhere = foreignLogin(evidence);
  if (elsewhere !== null) return finding("wrong-namespace", "likely", [line, elsewhere]);
  return finding(hasNoLogin(evidence) ? "not-logged-in" : "package-access", "likely", [line]);
}

/** A role of the repository's own account lacks the right; another account was not let in. */
function awsDenied(line: LogLine): Finding {
  const user = /arn:aws[\w-]*:(?:sts|iam)::(\d{12})/.exec(line.text)?.[1];
  const owner = /arn:aws[\w-]*:ecr:[\w-]*:(\d{12}):/.exec(line.text)?.[1];
  const other = user !== undefined && owner !== undefined && user !== owner;
  return finding(other ? "package-access" : "credential-scope", "likely", [line]);
}

/** Google says in other words that nobody was logged in, except the old Container Registry. */
function googleDenied(evidence: Evidence, line: LogLine): Finding {
  const elsewhere = foreignLogin(evidence);
  const cause = elsewhere === null ? "credential-scope" : "wrong-namespace";
  return finding(cause, "likely", [line, elsewhere]);
}

function oldGoogleDenied(evidence: Evidence, line: LogLine): Finding {
  const known = evidence.hasHelper || isLoggedIn(evidence);
  return finding(known ? "credential-scope" : "not-logged-in", "likely", [line]);
}

type Judge = (evidence: Evidence, line: LogLine) => Finding;

function likely(cause: Cause): Judge {
  return (_, line) => finding(cause, "likely", [line]);
}

/** What a registry says, and what it means; words that say more stand first. */
const REFUSALS: readonly (readonly [RegExp, Judge])[] = [
  [CREATE_ON_PUSH, likely("package-creation-denied")],
  [ARCHIVED, likely("package-access")],
  [HUB_FRONT, likely("registry-unavailable")],
  [RESOURCE_POLICY, likely("package-access")],
  [AWS_UNAUTHORIZED, (_, line) => awsDenied(line)],
  [GOOGLE_DENIED, googleDenied],
  [GCR_DENIED, oldGoogleDenied],
  [ABSENT, refusedAccount],
  [NO_RIGHT, refusedAccount],
  [HARBOR_DENIED, namedRefusal],
  [QUAY_DENIED, namedRefusal],
  [GITLAB_DENIED, namedRefusal],
];

export const otherRegistriesRule: Rule = (evidence) => {
  for (const [words, judge] of REFUSALS) {
    const line = findPushLine(evidence, words);
    if (line !== null) return judge(evidence, line);
  }
  const onQuay = evidence.image?.reference.registry === "quay.io";
  const refused = onQuay ? findPushLine(evidence, QUAY_401) : null;
  if (refused !== null) return namedRefusal(evidence, refused);
  const hub = findPushLine(evidence, HUB_DENIED);
  return hub === null ? null : hubDenied(evidence, hub);
};

const ANY_REFUSAL = /\bdenied\b|\bforbidden\b|\bunauthori[sz]ed\b|\b40[13]\b/i;

/** The last resort: a refusal in words that no rule knows. */
export const unknownRefusalRule: Rule = (evidence) => {
  const kinds = ["push", "login", "pasted"];
  const line = kinds.includes(evidence.step.kind) ? findPushLine(evidence, ANY_REFUSAL) : null;
  if (line === null) return null;
  const elsewhere = foreignLogin(evidence);
  if (elsewhere !== null) return finding("wrong-namespace", "likely", [line, elsewhere]);
  return unclear(line, "Its words do not say why.");
};

/** A base image that could not be fetched is no failed push, but worth a sentence. */
export const pullRule: Rule = (evidence) => {
  const line = evidence.step.output.findLast(
    (candidate) => isPull(candidate.text) && /error|denied|fail/i.test(candidate.text),
  );
  return line === undefined ? null : fetchFailed(line);
};
