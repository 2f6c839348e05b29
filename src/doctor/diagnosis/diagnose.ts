import { isRetryable, type Cause, type Diagnosis, type Quote } from "./cause.ts";
import { quoteText, stripControls } from "./clean-text.ts";
import { gatherEvidence, type Evidence, type Overview } from "./evidence.ts";
import type { Finding, Rule } from "./finding.ts";
import { hasPushContext } from "./push-output.ts";
import { readLog } from "./read-log.ts";
import { attestationRule } from "./rules/attestation.ts";
import { cacheExportRule } from "./rules/cache-export.ts";
import { credentialInvalidRule, credentialScopeRule } from "./rules/credentials.ts";
import { diskRule } from "./rules/disk.ts";
import { forkRefusalRule } from "./rules/fork-refusals.ts";
import { githubPackagesRule } from "./rules/github-packages.ts";
import { imageNameRule, immutableTagRule } from "./rules/image-name.ts";
import { anonymousRule, missingLoginRule } from "./rules/missing-login.ts";
import { otherRegistriesRule, pullRule, unknownRefusalRule } from "./rules/other-registries.ts";
import { artifactRule, rateLimitRule, unavailableRule } from "./rules/passing-faults.ts";
import { billingRule, callerRule, policyRule } from "./rules/refused-runs.ts";
import { emptySecretRule, identityRule } from "./rules/secrets.ts";
import { quoteRun, readRunFacts, type RunFacts } from "./run-facts.ts";
import { wordFinding } from "./wording.ts";

/** Says why a push failed, from a log and GitHub's run object. Pure; it never throws. */

// Limits and outages wear the clothes of a refusal, so they come before the refusals;
// words that say one thing only come before words that several causes share.
const RULES: readonly Rule[] = [
  policyRule,
  billingRule,
  callerRule,
  identityRule,
  emptySecretRule,
  artifactRule,
  imageNameRule,
  immutableTagRule,
  diskRule,
  rateLimitRule,
  cacheExportRule,
  unavailableRule,
  attestationRule,
  forkRefusalRule,
  credentialScopeRule,
  credentialInvalidRule,
  anonymousRule,
  githubPackagesRule,
  missingLoginRule,
  otherRegistriesRule,
  unknownRefusalRule,
  pullRule,
];

export interface DiagnosisInput {
  log: string;
  /** GitHub's workflow run object, if it is at hand. */
  run?: unknown;
}

// Words that are also said of pulls, caches, tests and other services.
const SAID_ELSEWHERE: ReadonlySet<Cause> = new Set<Cause>([
  "credential-invalid",
  "credential-scope",
  "disk-full",
  "immutable-tag",
  "invalid-image-name",
  "rate-limited",
  "registry-unavailable",
  "token-read-only-dependabot",
  "token-read-only-fork",
]);

/** False where a certain answer would claim more than the text shows. */
function isSure({ step, decisive, image }: Evidence, { cause, confidence }: Finding): boolean {
  if (confidence !== "certain") return true;
  // Without the runner's failure mark the log may have been cut before a retry.
  if (!decisive) return false;
  const pushes = image !== null || step.kind === "login" || hasPushContext(step);
  return pushes || !SAID_ELSEWHERE.has(cause);
}

function judge(evidence: Evidence): Finding | null {
  for (const rule of RULES) {
    const finding = rule(evidence);
    if (finding === null) continue;
    return isSure(evidence, finding) ? finding : { ...finding, confidence: "likely" };
  }
  return null;
}

function uniqueQuotes(quotes: Quote[]): Quote[] {
  const seen = new Set<string>();
  return quotes.filter((quote) => {
    const key = `${quote.line}:${quote.text}`;
    if (quote.text === "" || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function toDiagnosis(evidence: Evidence | null, finding: Finding): Diagnosis {
  const wording = wordFinding(evidence, finding);
  return {
    cause: finding.cause,
    confidence: finding.confidence,
    evidence: uniqueQuotes(finding.quotes),
    explanation: stripLines(wording.explanation),
    remedy: stripLines(wording.remedy),
    retryable: isRetryable(finding.cause),
  };
}

/** Names out of the log stand in the sentences: line breaks stay, nothing else does. */
function stripLines(text: string): string {
  return text.split("\n").map(stripControls).join("\n");
}

const EMPTY: Finding = {
  cause: "unknown",
  confidence: "unknown",
  quotes: [],
  note: "The log is empty.",
};

/** A run that failed before any job has no log; the run object is all there is. */
function judgeStartup(run: RunFacts): Finding {
  if (run.conclusion !== "startup_failure" || run.callsWorkflows === false) {
    return EMPTY;
  }
  return { cause: "caller-permissions", confidence: "likely", quotes: [quoteRun(run)] };
}

function nothingFound({ failed }: Overview): Finding {
  const step = failed[0];
  const nothing = { cause: "unknown", confidence: "unknown", quotes: [] as Quote[] } as const;
  if (step === undefined || step.kind === "pasted") {
    return { ...nothing, note: "The text shows no failed push that any rule knows." };
  }
  if (step.failedAt === null) {
    return {
      ...nothing,
      note: "No step of this log failed, or the part that shows it is missing.",
    };
  }
  const note = `The step that failed is “${quoteText(step.title).slice(0, 120)}” (line ${step.failedAt.number}); it shows no failed push.`;
  const quotes = [{ line: step.failedAt.number, text: quoteText(step.failedAt.text) }];
  return { ...nothing, quotes, note };
}

/** Diagnoses one failed run. Bounded in time and memory for any input. */
export function diagnose(input: DiagnosisInput): Diagnosis {
  const run = readRunFacts(input.run);
  const lines = readLog(typeof input.log === "string" ? input.log : "");
  if (lines.length === 0 && run !== null) return toDiagnosis(null, judgeStartup(run));
  if (run?.conclusion === "success") {
    const note = "The run succeeded; whatever failed in it was repeated or ignored.";
    return toDiagnosis(null, {
      cause: "unknown",
      confidence: "unknown",
      quotes: [quoteRun(run)],
      note,
    });
  }
  if (lines.length === 0) return toDiagnosis(null, EMPTY);
  const overview = gatherEvidence(lines, run);
  for (const evidence of overview.candidates) {
    const finding = judge(evidence);
    if (finding !== null) return toDiagnosis(evidence, finding);
  }
  // A note such as “log not found” stands where a run that never started has no log.
  if (run?.conclusion === "startup_failure") return toDiagnosis(null, judgeStartup(run));
  return toDiagnosis(null, nothingFound(overview));
}
