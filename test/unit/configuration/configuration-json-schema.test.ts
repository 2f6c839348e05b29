import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseConfiguration } from "../../../src/domain/configuration.ts";
import { renderConfigurationSchema } from "../../generate/render-configuration-schema.ts";

const url = new URL("../../../src/domain/configuration.schema.json", import.meta.url);
const published = readFileSync(url, "utf8");
const validate = new Ajv({
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allErrors: true,
}).compile(JSON.parse(published));

interface Described {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
}

test("the published schema is what the parser's schema says; if not, run npm run generate", () => {
  expect(published).toBe(renderConfigurationSchema());
});

test("every key has a description and an example that the parser takes", () => {
  const root: Described = JSON.parse(published);
  const route = root.properties?.["routes"]?.items?.properties ?? {};
  expect(Object.keys(route)).toHaveLength(14);
  for (const [key, { description, examples }] of Object.entries(route)) {
    expect(description, key).toMatch(/\.$/);
    for (const example of examples ?? []) {
      const extra = key === "tags" ? { on: ["tag"] } : {};
      const tags = JSON.stringify(example).includes('"tag"') ? { tags: ["v*"] } : {};
      const file = { version: 1, routes: [{ ...extra, ...tags, [key]: example }] };
      expect(parseConfiguration(JSON.stringify(file)).kind, key).toBe("valid");
      expect(validate(file), key).toBe(true);
    }
  }
});

const one = (route: string) => `version: 1\nroutes:\n  - { ${route} }\n`;

test.each([
  one(""),
  one("on: [merge, push]"),
  one("on: [tag], tags: [v*]"),
  one("branches: [main, release/**], paths: [app/**]"),
  one("labels: { any: [a] }"),
  one("image: ghcr.io/a/b, platforms: [linux/arm64], context: ., file: a/Dockerfile"),
  one("inputs: { a: 1, b: true, c: x }"),
  one("builder: acme/builder, ref: main, workflow: a.yaml"),
  "version: 1\nroutes: [{ name: a }, { name: b }]\n",
  "version: 1\naccept: [acme/*, acme/app]\n",
  "version: 1\nroutes: []\naccept: [acme/*]\n",
])("both take %j", (text) => {
  expect(parseConfiguration(text).kind).toBe("valid");
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
});

test.each([
  "version: 1\n",
  "version: 1\nroutes: []\n",
  "version: 1\naccept: []\n",
  "version: 2\nroutes: [{}]\n",
  "version: '1'\nroutes: [{}]\n",
  "routes: [{}]\n",
  "[]\n",
  "version: 1\nroutes: [{ name: a }, {}]\n",
  "version: 1\nroutes: [[]]\n",
  "version: 1\nroute: [{}]\naccept: [a/b]\n",
  "version: 1\naccept: ['*/*']\n",
  "version: 1\naccept: [acme]\n",
  one("brnaches: [main]"),
  one("name: A"),
  one("on: merge"),
  one("on: []"),
  one("on: [merged]"),
  one("on: [merge, merge]"),
  one("on: [tag]"),
  one("tags: [v*]"),
  one("on: [tag], tags: [1.0]"),
  one("on: [push], paths: [a]"),
  one("on: [push], labels: { any: [a] }"),
  one("branches: ['!main']"),
  one("branches: [refs/heads/main]"),
  one("branches: ['a b']"),
  one("paths: ['/a']"),
  one("paths: ['{a,b}']"),
  one("labels: {}"),
  one("labels: []"),
  one("labels: { all: [a] }"),
  one("labels: { any: [' a'] }"),
  one("workflow: a/b.yml"),
  one("builder: acme"),
  one("builder: acme/x.git"),
  one("ref: -x"),
  one("image: ghcr.io/A"),
  one("image: acme/app"),
  one("image: 'ghcr.io/acme/app:1'"),
  one("platforms: [arm64]"),
  one("context: ../a"),
  one("context: a b"),
  one("file: ."),
  one("inputs: { sha: x }"),
  one("inputs: { a: }"),
  one("inputs: { 'a b': x }"),
  one("inputs: { a: [x] }"),
])("both refuse %j", (text) => {
  expect(parseConfiguration(text).kind).toBe("invalid");
  expect(validate(parse(text))).toBe(false);
});

test.each([
  one("branches: [a..b]"),
  one("inputs: { SHA: x }"),
  one("inputs: { a: x, A: y }"),
  one("paths: [a/]"),
])("an editor cannot see what is wrong with %j, and the relay still refuses it", (text) => {
  expect(validate(parse(text))).toBe(true);
  expect(parseConfiguration(text).kind).toBe("invalid");
});
