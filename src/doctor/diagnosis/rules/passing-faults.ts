import type { Evidence } from "../evidence.ts";
import {
  fetchFailed,
  finding,
  findLine,
  findPushLine,
  isNoPush,
  type Finding,
  type Rule,
} from "../finding.ts";
import type { LogLine } from "../read-log.ts";

/** Failures that a repetition cures: limits and outages. They come before every 403 rule. */

const RATE_LIMIT =
  /toomanyrequests|too many requests|(?:HTTP|status|code):? 429|\(429\)|: 429$|rate.limit(?:ed| exceeded)|exceeded a .{0,20}rate limit|Error from intermediary with HTTP status code (?:403|429)|ThrottlingException|Rate exceeded|too many failed login attempts|Quota exceeded for quota metric|RESOURCE_EXHAUSTED|abuse detection/i;
const ARTIFACT =
  /Failed to (?:Create|Finalize|List|Get|Upload|Download)\s?(?:Signed)?(?:Artifact|Artifacts|ArtifactURL)|Unable to download artifact/;
// Also said to a wrong password that was tried too often, and of a message that is too large.
const LIMIT_OR_OTHER = /failed login|API rate|RESOURCE_EXHAUSTED|abuse detection/i;
const PULL_LIMIT = /pull rate limit/i;

// Two uploads of one name: to repeat it fails again.
const ARTIFACT_KEPT = /\(409\)|already exists/;

/** GitHub's artifact service carries digests between jobs; its 403 is an outage. */
export const artifactRule: Rule = (evidence) => {
  if (evidence.step.kind !== "artifact" && evidence.step.kind !== "pasted") return null;
  const line = evidence.output.lines.find(
    (candidate) =>
      ARTIFACT.test(candidate.text) &&
      !ARTIFACT_KEPT.test(candidate.text) &&
      /intermediary|5\d\d|non-retryable|timeout|ECONN|ENOTFOUND|socket|after \d+ attempts|reset/i.test(
        candidate.text,
      ),
  );
  return line === undefined ? null : finding("registry-unavailable", "likely", [line]);
};

/** 429 of a push, or the 403 in which GitHub hides a secondary limit. */
export const rateLimitRule: Rule = (evidence) => {
  const pull = evidence.step.output.find((line) => PULL_LIMIT.test(line.text));
  if (pull !== undefined) return fetchFailed(pull);
  const line = findPushLine(evidence, RATE_LIMIT);
  if (line === null) return null;
  const sure = !LIMIT_OR_OTHER.test(line.text);
  return finding("rate-limited", sure ? "certain" : "likely", [line]);
};

// `(HTTP code 500)` is the local daemon's wrapping of whatever the registry said.
const SERVER_FAULT =
  /\b408 Request Time|\b50[0234] \(?(?:Internal|Bad Gateway|Service|Gateway)|(?:status|(?<!\(HTTP )code)[:=]? (?:was )?5\d\d\b|(?:Server error:|error response|HTTP(?:\/[\d.]{1,3})?) 5\d\d\b|status(?: code)?:? 499\b|Attestation: (?:Server Error|Service Unavailable)|INTERNAL_ERROR|upstream connect error|StorageError|\b5[0-3]\d (?:Server Error|Web Server|Origin |Connection timed)|intermediary with HTTP status code (?:404|5\d\d)|twirp error|write operations are currently suspended|is in read.only mode/i;
const BLOB_LOST = /\bunknown blob\b|blob[_ ](?:upload[_ ])?unknown/i;
// A registry of one's own says so of its storage and of two uploads that met.
const UPLOAD_INVALID = /blob[_ ]upload[_ ]invalid(?!.{0,200}another repository)/i;
const BY_MANIFEST = /\bmanifest (?:push|create)\b|imagetools create/;
// A name that nobody knows is a wrong name, unless it is one of the great registries'.
const CONNECTION =
  /i\/o timeout|TLS handshake timeout|Client\.Timeout|context deadline exceeded|broken pipe|unexpected EOF|(?:^|(?<!X-Registry-Auth): )EOF"?$|: no response"?$|net\/http: request canceled|http: read on closed|closed (?:network connection|pipe|idle connection)|(?:connection|connect|read|operation) timed out|no route to host|network is unreachable|ETIMEDOUT|ECONNRESET|socket hang up|request must be retried|server misbehaving|Temporary failure in name resolution|Connection reset|stream error: stream ID|timeout awaiting response headers|EAI_AGAIN|(?:docker|ghcr|quay)\.io\b.{0,80}no such host|(?:ENOTFOUND|resolve host:?) \S{0,80}(?:docker|ghcr|quay)\.io|connection refused|ECONNREFUSED|GOAWAY|http2: |remote error: tls|tls: bad record MAC|short read: expected|Remote end closed connection|DIGEST_INVALID|internal server error|error reading from server|code = Unavailable|unknown: unknown error|: service unavailable|(?<!resource )temporarily unavail|maximum timeout reached|unexpected commit digest|(?:PUT|PATCH) request to \S{1,400}\/blobs\/uploads?\/\S{1,400}: 404|SIZE_INVALID|did not match uploaded content/i;
// A registry inside the job refuses connections because nobody started it.
const LOCAL = /localhost|127\.0\.0\.1|\[::1\]/;

// The codes with which GitHub's cache service reports its own faults.
const CACHE_FAULT =
  /error writing \w{1,10} ?blob: (?:not_found|unavailable|internal|unknown|aborted|deadline_exceeded)\b/;
const CACHE_VERTEX = /^#\d{1,5} exporting to GitHub Actions Cache/;
const NO_FAULT = /already exists|blob sha256|unsupported|invalid/i;

/** An error of GitHub's cache that is no refusal; those were sorted out before. */
function cacheFault(lines: LogLine[]): LogLine | undefined {
  const vertex = lines.find((line) => CACHE_VERTEX.test(line.text))?.text.split(" ", 1)[0] ?? "#";
  return lines.find(
    ({ text }) =>
      CACHE_FAULT.test(text) || (text.startsWith(`${vertex} ERROR: `) && !NO_FAULT.test(text)),
  );
}

// Amazon's registry ends the connection of a role that may look but not upload, without a word.
const SILENT = /^EOF$|\/blobs\/uploads\/"?: EOF$|unexpected end of JSON input/;
const AMAZON = /\.dkr\.ecr\./;

// Registries that others run; an own one may fail for its settings, its name or its disk.
const HOSTED =
  /^(?:(?:docker|ghcr|quay)\.io|registry\.gitlab\.com)$|\b(?:gcr\.io|pkg\.dev|azurecr\.io|amazonaws\.com)$/;
const GITHUBS_OWN = /intermediary|Attestation/;

/** A manifest that was put together by hand may name blobs that nobody pushed. */
function withoutBlobs({ step }: Evidence, line: LogLine): Finding | null {
  if (findLine([...step.header, ...step.output], BY_MANIFEST) === null) return null;
  return finding("unknown", "unknown", [line], {
    note: "The manifest names a blob that was not pushed.",
  });
}

/** The first line that names one of these faults, worst first; `null` if the push met none. */
function passingFault(evidence: Evidence, hosted: boolean): Finding | null {
  const patterns = [SERVER_FAULT, BLOB_LOST, ...(hosted ? [UPLOAD_INVALID] : []), CONNECTION];
  for (const pattern of patterns) {
    const line = evidence.output.lines.find(
      ({ text }) => pattern.test(text) && !isNoPush(text) && !LOCAL.test(text),
    );
    if (line === undefined) continue;
    const apart = pattern === BLOB_LOST ? withoutBlobs(evidence, line) : null;
    const sure = pattern === SERVER_FAULT && (hosted || GITHUBS_OWN.test(line.text));
    return apart ?? finding("registry-unavailable", sure ? "certain" : "likely", [line]);
  }
  return null;
}

/** 5xx, lost blobs, timeouts and torn connections while pushing or logging in. */
export const unavailableRule: Rule = (evidence) => {
  const registry = evidence.image?.reference.registry ?? "";
  const silent = AMAZON.test(registry) ? findPushLine(evidence, SILENT) : null;
  if (silent !== null) return finding("credential-scope", "likely", [silent]);
  const fault = passingFault(evidence, HOSTED.test(registry));
  const cache = cacheFault(evidence.output.lines);
  if (fault !== null || cache === undefined) return fault;
  return finding("registry-unavailable", "likely", [cache]);
};
