import { finding, type Rule } from "../finding.ts";
import type { LogLine } from "../read-log.ts";

/** The build's cache could not be written because the write was refused. */

const READ_ONLY = /cache write denied|token has no writable scopes|Cache reservation failed/i;
const SERVICE_REFUSAL =
  /cache write denied|token has no writable scopes|legacy service is shutting down|Failed to commit cache/i;
const RESERVE =
  /failed to reserve cache(?!.{0,80}(?:already exists|another job|\b(?:429|5\d\d)\b))/i;
const WRITING =
  /error writing (?:layer|manifest|config|cache) ?blob|failed to export cache|error exporting cache/i;
const EXPORTING =
  /^ ?> (?:\[.{0,100}\] )?exporting (?:content )?cache|exporting (?:cache|to GitHub Actions Cache)/;
const REFUSED =
  /\b40[01345]\b|denied|unauthori[sz]ed|forbidden|insufficient_scope|authorization failed|failed to authorize/i;
const HEADING_DISTANCE = 4;

function answerOf(below: LogLine | undefined): string {
  return /^RESPONSE.*/.exec(below?.text ?? "")?.[0] ?? "";
}

function refusedExport(lines: LogLine[]): LogLine | null {
  const writing = lines.find(
    // Of a store the answer stands below the request.
    ({ text }, at) => WRITING.test(text) && REFUSED.test(text + answerOf(lines[at + 1])),
  );
  if (writing !== undefined) return writing;
  // Older BuildKit names only the vertex; the refusal stands on the next lines.
  for (const [index, line] of lines.entries()) {
    if (!/^ ?> (?:\[.{0,100}\] )?exporting (?:content )?cache/.test(line.text)) continue;
    const next = lines
      .slice(index + 1, index + HEADING_DISTANCE)
      .find((candidate) => REFUSED.test(candidate.text) && /ERROR|error/.test(candidate.text));
    if (next !== undefined) return next;
  }
  return null;
}

export const cacheExportRule: Rule = (evidence) => {
  const { lines, warnings } = evidence.output;
  const reserve = lines.find((line) => RESERVE.test(line.text));
  const denied = [...lines, ...warnings].find((line) => READ_ONLY.test(line.text));
  const exported = lines.find((line) => EXPORTING.test(line.text) || WRITING.test(line.text));
  if (reserve !== undefined) {
    return finding("cache-export-denied", denied === undefined ? "likely" : "certain", [
      reserve,
      denied ?? null,
    ]);
  }
  if (denied !== undefined && exported !== undefined) {
    return finding("cache-export-denied", "certain", [denied]);
  }
  const refused = refusedExport(lines);
  // A registry that does not know the form of a cache calls it a bad request, and so may a fault.
  const sure = refused !== null && !/ 400 /.test(refused.text);
  if (refused !== null)
    return finding("cache-export-denied", sure ? "certain" : "likely", [refused]);
  // Only the cache service speaks so; what else failed in the step, its line alone does not show.
  const alone = lines.find((line) => SERVICE_REFUSAL.test(line.text));
  return alone === undefined ? null : finding("cache-export-denied", "likely", [alone]);
};
