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

test("is a SARIF 2.1.0 log of one run, with every rule described once", () => {
  const { version, $schema, runs } = sarifOf(workflow({ steps: build("true") }));
  expect([version, runs.length]).toEqual(["2.1.0", 1]);
  expect($schema).toContain("sarif-2.1.0");
  const rules = runs[0]!.tool.driver.rules;
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const rule of rules) {
    for (const text of [rule.shortDescription, rule.fullDescription, rule.help]) {
      expect(text.text).not.toBe("");
    }
    expect(["error", "warning"]).toContain(rule.defaultConfiguration.level);
  }
});

test("gives each result its rule, a message and a place below the repository's root", () => {
  const sarif = sarifOf(workflow({ steps: build("true") }), { "broken.yml": "- no" });
  const run = sarif.runs[0]!;
  expect(run.results.length).toBeGreaterThan(1);
  for (const result of run.results) {
    expect(run.tool.driver.rules[result.ruleIndex]!.id).toBe(result.ruleId);
    expect(result.message.text).not.toBe("");
    expect(["error", "warning"]).toContain(result.level);
    const { artifactLocation, region } = result.locations[0]!.physicalLocation;
    expect(artifactLocation.uri).toMatch(/^\.github\/workflows\/\w+\.yml$/);
    expect(Math.min(region.startLine, region.startColumn)).toBeGreaterThan(0);
  }
});

test("has a run without results where nothing is found", () => {
  const sarif = sarifOf(workflow({ steps: build("false") }));
  expect(sarif.runs[0]?.results).toEqual([]);
});
