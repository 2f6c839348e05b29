/**
 * The relay reads YAML by a reader of its own, which takes a part of the language. What holds it: the
 * library for the whole language, at its strictest, reads whatever ours takes, to the same value.
 */
import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { parseDocument, stringify } from "yaml";
import { locate, toPlain } from "../../../src/domain/located-value.ts";
import { readYaml } from "../../../src/domain/yaml-syntax.ts";

// Thousands of texts are read here; a busy machine needs more than the usual five seconds.
vi.setConfig({ testTimeout: 120_000 });
const RUNS = Number(process.env["YAML_RUNS"] ?? 1_500);

/** What ours reads; null when it refuses the text. */
function read(text: string): { readonly value: unknown } | null {
  const { root, findings } = readYaml(text);
  if (root === null || findings.length > 0) return null;
  const located = locate(root);
  return located.findings.length > 0 ? null : { value: plainOf(toPlain(located.root)) };
}

/** What the library reads; null when it refuses the text or warns. */
function readByLibrary(text: string): { readonly value: unknown } | null {
  const document = parseDocument(text, { strict: true, stringKeys: true, logLevel: "silent" });
  const warnings = [...document.errors, ...document.warnings].filter(
    // Written by many, read alike by all: a closing bracket no further right than its key.
    ({ message }) => !message.includes("Flow end indicator should be more indented than parent"),
  );
  return warnings.length > 0 ? null : { value: document.toJS() as unknown };
}

/** The same with ordinary prototypes. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner)]));
}

function agree(text: string): boolean {
  const ours = read(text);
  if (ours === null) return false;
  expect({ text, ...readByLibrary(text) }).toEqual({ text, ...ours });
  return true;
}

const MARKS = [
  ...Array.from("aB1:-?#,[]{}'\"|>*&!%@`~.\\ \n\n  "),
  ": ",
  "- ",
  " #",
  "\n ",
  "\n  ",
  "\n    ",
  "\n\n",
  "key: ",
  "k:\n",
  "- a",
  "|\n",
  ">-\n",
  "|2-\n",
  ">+\n",
  "''",
  '\\"',
  "\\\n",
  "\\u00e9",
  "---\n",
  "...\n",
  "null",
  "true",
  "0x1F",
  "1e3",
  ".5",
  "é",
  "🚢",
  "\u00A0",
  "\u2028",
  "\uFEFF",
  "? ",
  "<<: ",
];
const mark = fc.constantFrom(...MARKS);

test("any text that ours takes, the strict library reads to the same value", () => {
  const text = fc.array(mark, { maxLength: 14 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (body) => {
      agree(body);
      agree(`a:\n  b: ${body}`);
      agree(`- ${body}\n- x`);
      agree(`a: [${body}]`);
      agree(`a: {${body}}`);
      agree(`a: "${body}"`);
      agree(`a: '${body}'`);
      agree(`- a: |\n    ${body}\n  b: >\n    ${body}\n`);
    }),
    { numRuns: RUNS },
  );
});

const FILES = [
  ...readdirSync("src/workflows")
    .filter((name) => name.endsWith(".yml"))
    .map((name) => readFileSync(`src/workflows/${name}`, "utf8")),
  `version: 1
routes:
  - name: app                      # which one
    on: [merge, tag]
    branches: [main,
      "release/*"]
    labels: { any: [publish], none: ["skip image"] }
    tags:
    - 'v*'
    - >-
      a
      b

      c
    inputs:
      text: |
        two
          lines

      number: 1.10
      folded: one
        two
accept: [
  acme/*,
]
`,
];

test("files with anything put in, left out or moved are read alike or refused", () => {
  const change = fc.record({
    at: fc.nat(10_000),
    length: fc.nat(6),
    text: fc.array(mark, { maxLength: 3 }).map((parts) => parts.join("")),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...FILES),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (file, changes) => {
        let text = file;
        for (const { at, length, text: put } of changes) {
          const start = at % text.length;
          text = text.slice(0, start) + put + text.slice(start + length);
        }
        agree(text);
      },
    ),
    { numRuns: RUNS },
  );
});

test("takes the files themselves", () => {
  for (const file of FILES) expect(agree(file)).toBe(true);
});

test("takes what the library writes of plain data, in every style", () => {
  // A line of spaces at the end is refused: it is read in two ways.
  const text = fc
    .oneof(
      fc.string({ maxLength: 30 }),
      fc.string({
        unit: fc.constantFrom("a", " ", "\n", ":", "#", "-", "'", '"', "\\"),
        maxLength: 12,
      }),
      fc.constantFrom("null", "1.0", "true", "", "- a", "a: b", "…"),
    )
    .filter((value) => !/\n +(?:\n|$)/.test(value));
  const key = fc.stringMatching(/^[a-z ]{1,8}$/).filter((name) => !["constructor"].includes(name));
  const { data } = fc.letrec((tie) => ({
    data: fc.oneof(
      { maxDepth: 3 },
      fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie("data"), { maxLength: 4 }),
      fc.dictionary(key, tie("data"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const style = fc.record({
    indentSeq: fc.boolean(),
    lineWidth: fc.constantFrom(20, 80),
    collectionStyle: fc.constantFrom("any" as const, "flow" as const),
    singleQuote: fc.boolean(),
    defaultStringType: fc.constantFrom(
      "PLAIN" as const,
      "QUOTE_SINGLE" as const,
      "BLOCK_FOLDED" as const,
    ),
  });
  const refused: string[] = [];
  fc.assert(
    fc.property(
      fc.dictionary(key, data, { minKeys: 1, noNullPrototype: true }),
      style,
      (value, options) => {
        const written = stringify(value, { aliasDuplicateObjects: false, ...options });
        if (!isDeepStrictEqual(readByLibrary(written)?.value, value)) return;
        if (!agree(written)) refused.push(written);
      },
    ),
    { numRuns: RUNS / 4 },
  );
  expect(refused).toEqual([]);
});
