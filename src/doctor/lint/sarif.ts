import type { Finding, Rule } from "./finding.ts";
import { SYNTAX } from "./lint.ts";
import { RULES } from "./rules/all-rules.ts";

/** Findings as SARIF 2.1.0, which GitHub's code scanning and editors read. */

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const TOOL = "merge-relay lint";

/** One SARIF log of one run. Paths are relative to the repository's root. */
export function toSarif(findings: readonly Finding[]): object {
  const rules = [...RULES, SYNTAX];
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: TOOL, rules: rules.map(describeRule) } },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => toResult(finding, rules)),
      },
    ],
  };
}

function describeRule({ id, title, level, why, remedy }: Omit<Rule, "check">): object {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${why}\n\n${remedy}` },
    defaultConfiguration: { level },
  };
}

function toResult(finding: Finding, rules: readonly Omit<Rule, "check">[]): object {
  const { rule, level, file, place, message, remedy } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level,
    message: { text: `${message} ${remedy}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(file), uriBaseId: "%SRCROOT%" },
          region: { startLine: place.line, startColumn: place.column },
        },
      },
    ],
  };
}

/** Code scanning knows files by their path in the repository, wherever lint was started. */
function toUri(file: string): string {
  const at = file.lastIndexOf(".github/workflows/");
  return encodeURI(at === -1 ? file : file.slice(at));
}
