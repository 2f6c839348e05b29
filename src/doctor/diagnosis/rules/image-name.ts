import { isForkRun, isDependabotRun, quoteOrigin } from "../token-cap.ts";
import type { Evidence } from "../evidence.ts";
import { finding, findPushLine, type Finding, type Rule } from "../finding.ts";

/** References that no registry would take: upper case, empty tags, empty variables. */

const MALFORMED =
  /invalid[_ ](?:image )?reference\b|invalid (?:image|repository) name|docker (?:image )?(?:push|tag)["'] requires|(?:unable to|failed to|could not) parse (?:image )?(?:reference|image)|repository name(?: \([^)]{1,300}\))? must be (?:lowercase|canonical)|tag is needed when pushing to registry|(?:repository|tag) can only contain the (?:characters|runes)|not a valid (?:repository\/tag|tag|image)|invalid tag \\?"|error parsing image name|name[_ ]invalid|no tag or digest when expecting|(?:tag|repository) must be between \d|repository name must be specified|scheme prefix missing from remote|\/v2\/.{0,300}no Host in request URL|\/v2\/\S{1,300}\/manifests\/[\w.-]{0,128}[+~/]\S{0,200}: .{0,40}40[04]|invalid argument "[^"]{0,300}" for "-t, --tag"|docker image push is only supported with a tag of the format|The repository with name '[^'/]{0,200}\.(?:com|io|aws|dev|net)(?::\d+)?\//i;
// `docker run` and a Dockerfile's FROM use the same words for an image that is not pushed.
const NOT_A_PUSH =
  /^docker: (?!')|parse stage name|base name \(|[Dd]ockerfile parse error|FROM |reading manifest|pinging /;
const EMPTY_PART = /requires (?:exactly )?[12] argument|invalid tag "(?:[\w.-]+\/)?\/|"\/|\/\/|\/:/;

// Hosts that are no registry, one slip of a finger from ghcr.io.
const MISTYPED = /\b(?:ghrc|gchr|gcrh|ghr|hgcr)\.io\b|\bghcr\.(?:com|oi)\b/;

/** The name of a registry that is none, whatever then answers, or does not answer, there. */
function mistyped(evidence: Evidence): Finding | null {
  const line = findPushLine(evidence, MISTYPED);
  const host = MISTYPED.exec(line?.text ?? "")?.[0];
  if (line === null || host === undefined) return null;
  return finding("wrong-namespace", "likely", [line], {
    note: `The name says \`${host}\`; GitHub's registry is \`ghcr.io\`.`,
  });
}

const UNPLACED = /\b(?:40[0134]|denied|name unknown)\b/i;

const MISPLACED = /^ghcr\.io\/[^/*]+$|^docker\.io\/[^/*][^/]*\/[^/]+\/[^/]+$/;

/** GitHub's registry knows no image without an owner in front, Docker Hub none with more than it. */
function misplaced(evidence: Evidence): Finding | null {
  const image = evidence.image?.reference;
  const place = `${image?.registry}/${image?.path}`;
  const line = MISPLACED.test(place) ? findPushLine(evidence, UNPLACED) : null;
  return line === null ? null : finding("invalid-image-name", "likely", [line]);
}

export const imageNameRule: Rule = (evidence) => {
  const line = evidence.output.lines.find(
    (candidate) => MALFORMED.test(candidate.text) && !NOT_A_PUSH.test(candidate.text),
  );
  if (line === undefined) return mistyped(evidence) ?? misplaced(evidence);
  if (!EMPTY_PART.test(line.text.replaceAll("://", ":"))) {
    return finding("invalid-image-name", "certain", [line]);
  }
  if (isForkRun(evidence) === true || isDependabotRun(evidence) === true) {
    return finding("secrets-withheld", "likely", [line], { quotes: quoteOrigin(evidence) });
  }
  return finding("invalid-image-name", isForkRun(evidence) === false ? "certain" : "likely", [
    line,
  ]);
};

const IMMUTABLE =
  /because the (?:repository|tag) is immutable|configured as immutable|\bimmutable (?:tags?|artifact)\b|tags? (?:\S{1,200} )?(?:is|are) immutable|tag immutability|does not allow updating (?:assets|artifact)|\btag\b.{0,200}cannot be overwritten|operation is disallowed on this registry|immutability settings/i;
const ERROR_WORDS = /error|denied|fail|invalid|cannot|unknown|disallowed|409|forbidden/i;

// Amazon's registry refuses a tag that may not move as a bad request, and no other manifest so.
const BAD_MANIFEST =
  /(?:\/manifests\/\S{1,300}|(?:ERROR|error): unexpected status): 400 Bad Request/;

function refusedByAmazon(evidence: Evidence): Finding | null {
  if (!/\.dkr\.ecr\./.test(evidence.image?.reference.registry ?? "")) return null;
  const line = findPushLine(evidence, BAD_MANIFEST);
  return line === null ? null : finding("immutable-tag", "likely", [line]);
}

/** A tag that exists and may not move. */
export const immutableTagRule: Rule = (evidence) => {
  const line = evidence.output.lines.find(
    (candidate) => IMMUTABLE.test(candidate.text) && ERROR_WORDS.test(candidate.text),
  );
  if (line === undefined) return refusedByAmazon(evidence);
  // Azure says so of a locked image, and of a registry that is full.
  const sure = !/disallowed/.test(line.text);
  return finding("immutable-tag", sure ? "certain" : "likely", [line]);
};
