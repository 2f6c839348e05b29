import { expect, test } from "vitest";
import {
  type Configuration,
  DEFAULT_ROUTE,
  parseConfiguration,
} from "../../../src/domain/configuration.ts";
import { formatProblems } from "../../../src/domain/configuration-problem.ts";

function parse(text: string): Configuration {
  const parsed = parseConfiguration(text);
  if (parsed.kind === "invalid") throw new Error(formatProblems(parsed.problems));
  return parsed.configuration;
}

function isValid(text: string): boolean {
  return parseConfiguration(text).kind === "valid";
}

test("reads every key of a full file", () => {
  const full = `version: 1
routes:
  - name: app                      # default: the only route is called "image"
    on: [merge, tag]               # default: [merge]; also: push
    branches: [main, "release/*"]  # default: the default branch
    paths: ["app/**"]              # default: any
    labels: { any: [publish], none: [skip-image] }
    tags: ["v*"]
    workflow: publish-image.yml    # default
    builder: acme/builder
    ref: main
    image: ghcr.io/acme/app
    platforms: [linux/amd64, linux/arm64]
    context: app
    file: app/Dockerfile
    inputs: { channel: stable }
accept: [acme/*]
`;
  expect(parse(full)).toEqual({
    version: 1,
    routes: [
      {
        name: "app",
        on: ["merge", "tag"],
        branches: ["main", "release/*"],
        paths: ["app/**"],
        labels: { any: ["publish"], none: ["skip-image"] },
        tags: ["v*"],
        workflow: "publish-image.yml",
        builder: { owner: "acme", name: "builder" },
        ref: "main",
        image: "ghcr.io/acme/app",
        platforms: ["linux/amd64", "linux/arm64"],
        context: "app",
        file: "app/Dockerfile",
        inputs: { channel: "stable" },
      },
    ],
    accept: ["acme/*"],
  });
});

test("an empty route is the default route", () => {
  expect(parse("version: 1\nroutes: [{}]")).toEqual({
    version: 1,
    routes: [DEFAULT_ROUTE],
    accept: [],
  });
  expect(DEFAULT_ROUTE).toMatchObject({ name: "image", on: ["merge"], branches: null, tags: [] });
});

test("the default route cannot be changed by whoever gets it", () => {
  expect(Object.isFrozen(DEFAULT_ROUTE) && Object.isFrozen(DEFAULT_ROUTE.on)).toBe(true);
  expect(Object.isFrozen(DEFAULT_ROUTE.inputs) && Object.isFrozen(DEFAULT_ROUTE.tags)).toBe(true);
});

test.each(["version: 1\naccept: [acme/app]", "version: 1\nroutes: []\naccept: [acme/app]"])(
  "a file that only accepts others routes nothing, not even by default: %j",
  (text) => expect(parse(text)).toEqual({ version: 1, routes: [], accept: ["acme/app"] }),
);

test("`on` is a key like any other and `yes` is text, as in YAML 1.2", () => {
  const { routes } = parse("version: 1\nroutes: [{ on: [push], inputs: { a: yes, b: on } }]");
  expect(routes[0]).toMatchObject({ on: ["push"], inputs: { a: "yes", b: "on" } });
});

test("static inputs become text: numbers as written, truth values as GitHub takes them", () => {
  const [route] = parse(`version: 1
routes:
  - inputs: { a: 1.10, b: 007, c: True, d: "", e: 0x1F, f: "x\\n\\ty", g: 1e3 }`).routes;
  expect(route?.inputs).toEqual({
    a: "1.10",
    b: "007",
    c: "true",
    d: "",
    e: "0x1F",
    f: "x\n\ty",
    g: "1e3",
  });
});

test("labels may name only one side", () => {
  const [route] = parse("version: 1\nroutes: [{ labels: { none: [draft] } }]").routes;
  expect(route?.labels).toEqual({ any: [], none: ["draft"] });
});

test("a byte order mark, CRLF, JSON and a document marker are taken", () => {
  expect(isValid("\uFEFFversion: 1\r\nroutes:\r\n  - {}\r\n")).toBe(true);
  expect(isValid('{"version": 1, "routes": [{"on": ["merge"]}]}')).toBe(true);
  expect(isValid("---\nversion: 1\nroutes: [{}]\n...\n")).toBe(true);
});

test("21 static inputs fit beside the four that are always sent", () => {
  const inputs = Array.from({ length: 21 }, (_, index) => `i${index}: x`).join(", ");
  expect(isValid(`version: 1\nroutes: [{ inputs: { ${inputs} } }]`)).toBe(true);
  expect(isValid(`version: 1\nroutes: [{ context: a, inputs: { ${inputs} } }]`)).toBe(false);
});

test.each([
  [
    "image",
    ["ghcr.io/acme/app", "localhost/a", "localhost:5000/a/b", "docker.io/a/b__c-d.e", "r:5000/x"],
  ],
  ["context", [".", "app", "a/b.c/d_e", ".docker", "a1+2"]],
  ["file", ["Dockerfile", "app/Dockerfile.prod", ".docker/Dockerfile"]],
  ["workflow", ["publish.yml", "publish_2.image.yaml"]],
  ["builder", ["acme/builder", "Acme-1/.github", "user_corp/x"]],
  ["ref", ["main", "v1.0", "release/2026", "deadbeef"]],
  ["name", ["a", "0-x", "a".repeat(40)]],
])("takes good values of %s", (key, values) => {
  for (const value of values) {
    expect(isValid(`version: 1\nroutes: [{ ${key}: "${value}" }]`), value).toBe(true);
  }
});

test.each([
  [
    "image",
    [
      "ghcr.io",
      "ghcr.io/",
      "/a",
      "ghcr.io/A",
      "ghcr.io/a:1",
      "ghcr.io/a@sha256:0",
      "a/b",
      "ghcr.io/a//b",
      "ghcr.io/-a",
      "ghcr.io/a b",
      "https://ghcr.io/a",
      "ghcr.io/a_-b",
      "ghcr.io:123456/a",
    ],
  ],
  [
    "context",
    [
      "",
      "..",
      "../a",
      "a/../b",
      "/a",
      "a/",
      "./a",
      "-a",
      "a b",
      "a;b",
      "$(a)",
      "a@b",
      "+a",
      "`a`",
      "a\\\\b",
      "a//b",
      "a/.",
      "a\\nb",
      "a'b",
      "https://x/y",
    ],
  ],
  ["file", [".", "", "/Dockerfile", "a/..", "~/x", "a*"]],
  ["workflow", ["publish", "a/b.yml", "../b.yml", ".yml", "-a.yml", "a.yml\\n", "a b.yml"]],
  [
    "builder",
    ["acme", "acme/", "/x", "acme/..", "acme/x.git", "acme/*", "a/b/c", "-a/b", "acme/x y"],
  ],
  [
    "ref",
    ["-x", "a..b", "a b", "HEAD", "0123456789012345678901234567890123456789", "refs/tags/v1"],
  ],
  ["name", ["", "-a", "A", "a_b", "a".repeat(41), "a\\n"]],
])("refuses bad values of %s", (key, values) => {
  for (const value of values) {
    expect(isValid(`version: 1\nroutes: [{ ${key}: "${value}" }]`), value).toBe(false);
  }
});

test.each([
  ["branches", ["!main", "-x", "a..b", "a b", "[ab]", "***", "refs/heads/main", "a//b", ""]],
  ["paths", ["!a", "/a", "a/", "./a", "a/../b", "{a,b}", "[ab]", "a\\\\b", "a/***", ""]],
  [
    "platforms",
    [
      "arm64",
      "linux",
      "linux/",
      "linux/arm/v7/x",
      "Linux/amd64",
      "linux/x86_64",
      "linux/amd64,linux/arm64",
    ],
  ],
])("refuses bad entries of %s", (key, values) => {
  for (const value of values) {
    expect(isValid(`version: 1\nroutes: [{ ${key}: ["${value}"] }]`), value).toBe(false);
  }
});

test.each(["*", "*/*", "*/app", "acme", "acme/**", "acme/", "acm*/app", "acme/a/b", "!acme/app"])(
  "refuses to accept %s",
  (pattern) => expect(isValid(`version: 1\naccept: ["${pattern}"]`)).toBe(false),
);
