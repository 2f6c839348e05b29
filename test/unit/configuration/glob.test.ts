import * as fc from "fast-check";
import { expect, test } from "vitest";
import { matchesGlob } from "../../../src/domain/glob.ts";

test.each([
  ["main", "main", true],
  ["main", "Main", false],
  ["main", "main2", false],
  ["", "", true],
  ["", "a", false],
  ["*", "main", true],
  ["*", "", true],
  ["*", "release/1", false],
  ["release/*", "release/1", true],
  ["release/*", "release/1/2", false],
  ["release/**", "release/1/2", true],
  ["release/**", "release", false],
  ["**", "any/thing/at/all", true],
  ["v?", "v1", true],
  ["v?", "v", false],
  ["v?", "v12", false],
  ["a?b", "a/b", false],
  ["?", "🚢", true],
  ["app/**/*.ts", "app/a.ts", true],
  ["app/**/*.ts", "app/x/y/a.ts", true],
  ["app/**/*.ts", "apple/a.ts", false],
  ["app/**/a.ts", "app/xa.ts", false],
  ["**/Dockerfile", "Dockerfile", true],
  ["**/Dockerfile", "x/Dockerfile", true],
  ["**/Dockerfile", "xDockerfile", false],
  ["**/**/c", "c", true],
  ["**/**/c", "a/b/c", true],
  ["a**/c", "a/c", true],
  ["a**/c", "ab/d/c", true],
  ["a**/c", "ac", false],
  ["a.c", "abc", false],
  ["[ab]", "a", false],
  ["[ab]", "[ab]", true],
  ["!main", "main", false],
  ["v*.*.*", "v1.2.3", true],
  ["v*.*.*", "v1.2", false],
])("%s against %s gives %s", (pattern, value, expected) => {
  expect(matchesGlob(pattern, value)).toBe(expected);
});

test("compares without ASCII case only when asked to", () => {
  expect(matchesGlob("Acme/*", "acme/App")).toBe(false);
  expect(matchesGlob("Acme/*", "acme/App", { ignoreCase: true })).toBe(true);
  expect(matchesGlob("kelvin/*", "\u212Aelvin/app", { ignoreCase: true })).toBe(false);
});

const literal = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "[", "é") });
const glob = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "**", "**/", "?", ".") });

test("text without wildcards matches itself and nothing else", () => {
  fc.assert(
    fc.property(literal, literal, (pattern, value) => {
      expect(matchesGlob(pattern, value)).toBe(pattern === value);
    }),
  );
});

test("agrees with the same pattern written as a regular expression", () => {
  fc.assert(
    fc.property(glob, literal, (pattern, value) => {
      expect(matchesGlob(pattern, value)).toBe(toRegExp(pattern).test(value));
    }),
    { numRuns: 2000 },
  );
});

/** The textbook translation; it may backtrack, so it only serves short values here. */
function toRegExp(pattern: string): RegExp {
  const source = pattern.replace(/(^|\/)(\*\*+\/)+|\*\*+|[^]/gu, (part, start: string = "") => {
    if (part.endsWith("**/")) return `${start}(?:.*/)?`;
    if (part.startsWith("**")) return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : part.replace(/[.[\]/]/g, String.raw`\$&`);
  });
  return new RegExp(`^(?:${source})$`, "su");
}

test("two stars match whatever one star matches", () => {
  fc.assert(
    fc.property(literal, literal, literal, (before, after, value) => {
      if (!matchesGlob(`${before}*${after}`, value)) return;
      expect(matchesGlob(`${before}**${after}`, value)).toBe(true);
    }),
  );
});

test("hostile patterns cost no more than pattern length × value length", () => {
  const patterns = ["*a", "**a", "**/", "a**/", "*?", "**/*", "?*"].map((part) => part.repeat(100));
  for (const pattern of patterns) {
    const started = performance.now();
    matchesGlob(pattern, `${"a".repeat(2000)}${"a/".repeat(1000)}!`);
    expect(performance.now() - started, pattern.slice(0, 10)).toBeLessThan(1500);
  }
});
