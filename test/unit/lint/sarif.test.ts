import { expect, test } from "vitest";
import { toSarif } from "../../../src/doctor/lint/sarif.ts";
import { build, lint, workflow } from "./lint-one.ts";

interface Sarif {
  readonly version: string;
  readonly $schema: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } };
    readonly results: readonly Result[];
  }[];
}

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly defaultConfiguration: { readonly level: string };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number; readonly startColumn: number };
    };
  }[];
}

function sarifOf(text: string, others: Record<string, string> = {}): Sarif {
  return JSON.parse(JSON.stringify(toSarif(lint(text, others)))) as Sarif;
}

test("has what SARIF 2.1.0 and code scanning ask of a log", () => {
  const sarif = sarifOf(workflow({ steps: build("true") }), { "broken.yml": "- no" });
  expect(sarif.version).toBe("2.1.0");
  expect(sarif.$schema).toContain("sarif-2.1.0");
  expect(sarif.runs).toHaveLength(1);
  const [run] = sarif.runs;
  const rules = run?.tool.driver.rules ?? [];
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const rule of rules) {
    expect(rule.shortDescription.text && rule.fullDescription.text && rule.help.text).toBeTruthy();
    expect(["error", "warning"]).toContain(rule.defaultConfiguration.level);
  }
  expect(run?.results.length).toBeGreaterThan(1);
  for (const result of run?.results ?? []) {
    expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
    expect(result.message.text).not.toBe("");
    expect(["error", "warning"]).toContain(result.level);
    const place = result.locations[0]?.physicalLocation;
    expect(place?.artifactLocation.uri).toMatch(/^\.github\/workflows\/\w+\.yml$/);
    expect(place?.region.startLine).toBeGreaterThan(0);
    expect(place?.region.startColumn).toBeGreaterThan(0);
  }
});

test("has a run without results where nothing is found", () => {
  const sarif = sarifOf(workflow({ steps: build("false") }));
  expect(sarif.runs[0]?.results).toEqual([]);
});
