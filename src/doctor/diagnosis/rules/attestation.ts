import { finding, type Rule } from "../finding.ts";
import { permissionLevel } from "../permissions-block.ts";
import { quoteOrigin, quotePermission, tokenCap } from "../token-cap.ts";

const REFUSED =
  /(?:persist|create) attestation: .{0,40}(?:Resource not accessible by integration|not accessible)|persist storage record: .{0,60}not accessible/i;
const INTEGRATION = /Resource not accessible by integration/;

/** Attestations and storage records need permissions of their own. */
export const attestationRule: Rule = (evidence) => {
  const inStep = evidence.step.kind === "attest";
  const line = evidence.output.lines.find(
    (candidate) => REFUSED.test(candidate.text) || (inStep && INTEGRATION.test(candidate.text)),
  );
  if (line === undefined) return null;
  const storage = /storage record/i.test(line.text);
  const name = storage ? "ArtifactMetadata" : "Attestations";
  const permission = storage ? "artifact-metadata" : "attestations";
  const level = permissionLevel(evidence.token, name);
  const quotes = [...quotePermission(evidence, name), ...quoteOrigin(evidence)];
  const cap = tokenCap(evidence, name);
  if (cap === "fork") return finding("token-read-only-fork", "likely", [line], { quotes });
  if (cap === "dependabot" && level !== null) {
    return finding("token-read-only-dependabot", "likely", [line], { quotes });
  }
  if (level === "write") {
    return finding("unknown", "unknown", [line], {
      note: `The attestation was refused (line ${line.number}) although the token shows \`${permission}: write\`.`,
    });
  }
  const sure = level !== null && cap === "none";
  return finding("missing-packages-write", sure ? "certain" : "likely", [line], {
    quotes,
    permission,
  });
};
