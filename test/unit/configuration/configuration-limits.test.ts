import { expect, test } from "vitest";
import { parseConfiguration } from "../../../src/domain/configuration.ts";

const FULL = 64 * 1024;

function fill(unit: string): string {
  return unit.repeat(Math.floor(FULL / unit.length));
}

function messagesOf(text: string): string[] {
  const parsed = parseConfiguration(text);
  return parsed.kind === "valid" ? [] : parsed.problems.map((problem) => problem.message);
}

test("takes a file of 64 KiB and refuses one byte more, counted in UTF-8", () => {
  const file = "version: 1\nroutes: [{}]\n#";
  expect(messagesOf(file + "é".repeat((FULL - file.length) / 2))).toEqual([]);
  expect(messagesOf(`${file}${"é".repeat((FULL - file.length) / 2)}  `)).toEqual([
    "the file is larger than 64 KiB",
  ]);
});

// Each of these made the YAML library slow, or the whole process end, without the limits.
test.each([
  "{",
  "[",
  "[\n",
  "- ",
  "? ",
  "a: ",
  "{a: ",
  "&a ",
  "!a ",
  "*a ",
  "%a\n",
  "---\n",
  "...\n",
])("64 KiB of %j are refused at once", (unit) => {
  const started = performance.now();
  expect(messagesOf(fill(unit)).length).toBeGreaterThan(0);
  expect(performance.now() - started).toBeLessThan(1000);
});

test.each([
  ",",
  "[]",
  "]",
  "}",
  ":\n",
  "#\n",
  "\n",
  "\r",
  "\t\n",
  "'",
  '"',
  "|\n",
  "a\r\n",
  "\\",
  "<<: ",
])("64 KiB of %j in a list are refused in bounded time", (unit) => {
  const started = performance.now();
  expect(messagesOf(`a: [${fill(unit).slice(4)}`).length).toBeGreaterThan(0);
  expect(performance.now() - started).toBeLessThan(2000);
});

test("a file of more than 20,000 tokens is refused before its tree is built", () => {
  const tooMany = "the file has too many parts to be a configuration";
  expect(messagesOf(`version: 1\nroutes: [{}]\n${"\n".repeat(20_000)}`)).toEqual([tooMany]);
  expect(messagesOf(`version: 1\nroutes: [{}]\n${"\n".repeat(19_000)}`)).toEqual([]);
});

test("a list nested 17 deep is refused where it goes too deep", () => {
  expect(messagesOf(`a: ${"[".repeat(17)}${"]".repeat(17)}`)).toEqual([
    "nested deeper than 16 levels",
  ]);
});

test("fifty routes with every key filled in are well within the limits", () => {
  const routes = Array.from(
    { length: 50 },
    (_, index) => `  - name: route-${index}
    on: [merge, tag] # a comment
    branches: [main, release/*]
    paths: [app-${index}/**, shared/**, Dockerfile]
    labels: { any: [publish, release], none: [skip-image] }
    tags: [v*]
    builder: acme/builder
    ref: main
    image: ghcr.io/acme/app-${index}
    platforms: [linux/amd64, linux/arm64, linux/arm/v7]
    context: app-${index}
    file: app-${index}/Dockerfile
    inputs: { a: b, c: d, e: f, g: h, i: j }

`,
  );
  expect(messagesOf(`version: 1\nroutes:\n${routes.join("")}`)).toEqual([]);
});

test("aliases that would grow to billions of values are not expanded", () => {
  const levels = Array.from({ length: 9 }, (_, index) => {
    const inner = Array.from({ length: 9 }, () => (index === 0 ? "x" : `*l${index - 1}`)).join(
      ", ",
    );
    return `l${index}: &l${index} [${inner}]\n`;
  });
  const started = performance.now();
  expect(messagesOf(levels.join("")).length).toBeGreaterThan(9);
  expect(performance.now() - started).toBeLessThan(1000);
});

test("keys of JavaScript's own pollute nothing", () => {
  const text =
    "version: 1\n__proto__: { polluted: yes }\nconstructor: { prototype: { polluted: yes } }\n";
  expect(messagesOf(text).length).toBeGreaterThan(0);
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});
