import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import {
  type Configuration,
  parseConfiguration,
  type Route,
} from "../../../src/domain/configuration.ts";
import { formatProblems } from "../../../src/domain/configuration-problem.ts";
import { FORMATS } from "../../../src/domain/configuration-schema.ts";
import { isValidRefName } from "../../../src/domain/ref-name.ts";
import { hasFormat } from "../../../src/domain/text-format.ts";

// Thousands of files are read here; a busy machine needs more than the usual five seconds.
vi.setConfig({ testTimeout: 60_000 });

const fragment = fc.constantFrom(
  "version: 1\n",
  "routes:\n",
  "  - ",
  "    ",
  "name: app\n",
  "on: [merge, tag]\n",
  "on: [push]\n",
  "branches: [main]\n",
  "tags: [v*]\n",
  "paths: [a/**]\n",
  "labels: {any: [x]}\n",
  "inputs: {a: 1.0}\n",
  "image: ghcr.io/a/b\n",
  "accept: [a/*]\n",
  "inputs:\n",
  "      k: v\n",
  "&a ",
  "*a",
  "!!str ",
  "---\n",
  "\t",
  "\n",
  "{",
  "}",
  "[",
  "]",
  ",",
  ": ",
  "? ",
  '"',
  "'",
  "|\n",
  ">-\n",
  "#",
  "__proto__: x\n",
  "<<: ",
);
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: fragment, maxLength: 20 }),
  fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join("")),
);

test("never throws, and every problem has a place in the text and one printable line", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const parsed = parseConfiguration(text);
      if (parsed.kind === "valid") return;
      expect(parsed.problems.length).toBeGreaterThan(0);
      for (const { line, column } of parsed.problems) {
        expect(line).toBeLessThanOrEqual(text.split("\n").length);
        expect(line * column).toBeGreaterThan(0);
      }
      const report = formatProblems(parsed.problems);
      expect(report.split("\n")).toHaveLength(parsed.problems.length);
      expect(report.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 3000 },
  );
});

const refPattern = fc.constantFrom("main", "release/*", "**", "v?", "v*.*", "ü/x");
const text = (...values: string[]) => fc.constantFrom(...values);
const some = <Item>(item: fc.Arbitrary<Item>) =>
  fc.uniqueArray(item, { minLength: 1, maxLength: 3 });
const inputName = fc
  .stringMatching(/^[a-z_][a-z0-9_-]{0,8}$/)
  .filter((name) => hasFormat(FORMATS.inputName, name));
const inputValue = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.string({ unit: text("a", "\n", " ", ":", "#", "'", '"', "1", "-"), maxLength: 12 }),
    text("1.10", "true", "null", "~", "", "0x1", "on", "*a", "&b", "!c", "<<", "---"),
  )
  .filter((value) => !/(?!\n)[\p{Cc}\p{Cs}]/u.test(value));
const mergeRoute = fc.record(
  {
    on: fc.constantFrom(["merge"], ["push", "merge"]),
    branches: some(refPattern),
    paths: some(text("app/**", "*.md", "a b/c", "**/x")),
    labels: fc.oneof(
      fc.record({ any: some(text("a", "needs review")), none: some(text("b", "🚢")) }),
      fc.record({ any: some(text("a", "0")) }),
    ),
    workflow: text("a.yml", "b.yaml"),
    builder: text("acme/builder", "A-1/.github"),
    ref: text("main", "1.0", "true"),
    image: text("ghcr.io/a/b", "localhost:5000/a"),
    platforms: some(text("linux/amd64", "linux/arm/v7")),
    context: text(".", "a/b"),
    file: text("Dockerfile", "1"),
    inputs: fc.dictionary(inputName, inputValue, { maxKeys: 5, noNullPrototype: true }),
  },
  { requiredKeys: [] },
);
const tagRoute = fc
  .record({ tags: some(refPattern), base: mergeRoute })
  .map(({ tags, base }) => ({ ...base, tags, on: ["merge", "tag"] }));
const file = fc
  .record({
    routes: fc.array(fc.oneof(mergeRoute, tagRoute), { minLength: 1, maxLength: 4 }),
    accept: some(text("acme/*", "acme/app", "a/x-*")),
  })
  .map(({ routes, accept }) => ({
    version: 1,
    routes: routes.map((route, index) => ({ name: `r${index}`, ...route })),
    accept,
  }));

/** Writes a configuration as a file again. */
function serialize({ version, routes, accept }: Configuration): string {
  const data = {
    version,
    routes: routes.map(toEntries),
    ...(accept.length === 0 ? {} : { accept }),
  };
  // Double quotes are the one style in which the library's printer keeps every text.
  return stringify(data, { aliasDuplicateObjects: false, defaultStringType: "QUOTE_DOUBLE" });
}

function toEntries({ builder, labels, tags, inputs, ...rest }: Route): Record<string, unknown> {
  const { any = [], none = [] } = labels ?? {};
  const entries = {
    ...rest,
    builder: builder === null ? null : `${builder.owner}/${builder.name}`,
    labels: labels === null ? null : dropEmpty({ any, none }),
    tags: tags.length === 0 ? null : tags,
    inputs,
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== null));
}

function dropEmpty(lists: Record<string, readonly string[]>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

test("a good file keeps its values, and its meaning survives being written and read again", () => {
  fc.assert(
    fc.property(file, (source) => {
      const written = stringify(source, { aliasDuplicateObjects: false });
      // The library's printer turns " \n" into "\n": its slip is not ours to judge.
      fc.pre(isDeepStrictEqual(parse(written), source));
      const parsed = parseConfiguration(written);
      if (parsed.kind === "invalid")
        throw new Error(`${formatProblems(parsed.problems)}\n${written}`);
      expect(parsed.configuration.routes.map(({ inputs }) => inputs)).toEqual(
        source.routes.map(({ inputs }) => inputs ?? {}),
      );
      expect(parseConfiguration(serialize(parsed.configuration))).toEqual(parsed);
    }),
    { numRuns: 300 },
  );
});

test("what is taken never breaks a promise to the workflow", () => {
  const nasty = fc.constantFrom(
    "a",
    "A",
    "/",
    "..",
    ".",
    "-",
    ":",
    "@",
    "+",
    " ",
    "$",
    "`",
    ";",
    "\n",
    "*",
    "\u0000",
    "ghcr.io/",
  );
  const value = fc.string({ unit: nasty, maxLength: 8 });
  const key = fc.constantFrom("context", "file", "image", "ref", "workflow", "builder");
  fc.assert(
    fc.property(key, value, (name, hostile) => {
      const quoted = JSON.stringify(hostile);
      const parsed = parseConfiguration(`version: 1\nroutes: [{ ${name}: ${quoted} }]`);
      if (parsed.kind === "invalid") return;
      const { ref, image, context, file: dockerfile } = parsed.configuration.routes[0]!;
      expect(ref === null || isValidRefName(ref)).toBe(true);
      expect(image ?? "").not.toMatch(/[A-Z@\s]|:[^/]*$/);
      for (const path of [context, dockerfile]) {
        expect(path ?? "").not.toMatch(/^[-+/]|(?:^|\/)\.\.(?:\/|$)|[^A-Za-z0-9._+/-]/);
      }
    }),
    { numRuns: 3000 },
  );
});

test("whatever a format suggests, it takes", () => {
  const unit = fc.constantFrom(
    "a",
    "B",
    "/",
    ".",
    "*",
    "!",
    " ",
    ":",
    "@",
    "-",
    "refs/heads/",
    "https://",
    "\\",
    "_",
  );
  const format = fc.constantFrom(...Object.values(FORMATS));
  fc.assert(
    fc.property(format, fc.string({ unit, maxLength: 10 }), (rules, hostile) => {
      if (hasFormat(rules, hostile)) return;
      const { suggestion } = rules.advise(hostile);
      expect(suggestion === null || hasFormat(rules, suggestion)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});
