import { assert, nat, property, string } from "fast-check";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { build, expectOnly, lint, linesOf, LOGIN, workflow } from "./lint-one.ts";

const WORKFLOWS = join(import.meta.dirname, "../../../src/workflows");

test.each(["publish-image.yml", "pull-request-image.yml"])(
  "has nothing to say about our %s",
  async (name) => {
    const text = await readFile(join(WORKFLOWS, name), "utf8");
    expectOnly(lint(text), null);
  },
);

const callee = (permissions = "{ contents: read, packages: write }") =>
  workflow({
    on: "{ workflow_call: { inputs: { push: { type: boolean } } } }",
    permissions,
    steps: LOGIN + build("${{ inputs.push }}"),
  });
const caller = (push: string, permissions = "{ contents: read, packages: write }") => `
on: [push, pull_request]
permissions: ${permissions}
jobs:
  call:
    uses: ./.github/workflows/build.yml
    with:
      push: ${push}
`;

describe("reusable workflows", () => {
  test("push from a pull request if their caller says so", () => {
    const found = lint(caller("true"), { "build.yml": callee() });
    expectOnly(found, "push-from-pull-request");
    expect(found[0]?.file).toBe(".github/workflows/build.yml");
  });

  test("push nothing from a pull request if their caller's input is off there", () => {
    const text = caller("${{ github.event_name != 'pull_request' }}");
    expectOnly(lint(text, { "build.yml": callee() }), null);
  });

  test("push nothing from a pull request if the calling job does not run there", () => {
    const text = caller("true").replace("  call:", "  call:\n    if: github.event_name == 'push'");
    expectOnly(lint(text, { "build.yml": callee() }), null);
  });

  test("cannot have more permissions than their caller", () => {
    const text = caller("false", "{ contents: read }");
    const found = lint(text, { "build.yml": callee() });
    expectOnly(found, "missing-packages-write");
    expect(found[0]?.file).toBe(".github/workflows/main.yml");
  });

  test("that call themselves end", () => {
    expect(lint(caller("true").replace("build.yml", "main.yml"))).toEqual([]);
  });
});

test("sees through anchors and a matrix", () => {
  const text = `
on: [push, pull_request]
permissions: &rights { contents: read, packages: write }
jobs:
  first:
    permissions: *rights
    runs-on: \${{ matrix.os }}
    strategy: { matrix: { os: [ubuntu-24.04, ubuntu-24.04-arm], push: [true] } }
    steps: &steps
      - uses: docker/build-push-action@v7
        with: { push: true, tags: "ghcr.io/acme/app:\${{ matrix.os }}" }
  second:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    steps: *steps
  third:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/build-push-action@v7
        with: { push: "\${{ matrix.push }}" }
`;
  expect(linesOf(lint(text))).toEqual(["push-from-pull-request:10"]);
});

test("reads events in each of their forms", () => {
  for (const on of [
    "pull_request",
    "[pull_request]",
    "{ pull_request: null }",
    "\n  pull_request:\n    branches: [main]",
  ]) {
    expectOnly(lint(workflow({ on, steps: build("true") })), "push-from-pull-request");
  }
});

test("reads a file with a byte order mark and Windows line ends", () => {
  const text = `\uFEFF${workflow({ steps: build("true") }).replaceAll("\n", "\r\n")}`;
  expectOnly(lint(text), "push-from-pull-request");
});

describe("a file that GitHub could not read", () => {
  test("is an error with its line", () => {
    const found = lint("on: push\njobs:\n  a: [\n");
    expect(found.map(({ rule, level }) => [rule, level])).toContainEqual([
      "workflow-syntax",
      "error",
    ]);
    expect(found[0]?.place.line).toBeGreaterThan(1);
  });

  test.each([
    "",
    "just text",
    "- a\n- list\n",
    "on: push\n",
    "{}",
    "? [a]\n: b\n",
    "on: [push\n\t- x",
  ])("does not stop the others: %j", (broken) => {
    const rules = lint(workflow({ steps: build("true") }), { "broken.yml": broken }).map(
      ({ rule }) => rule,
    );
    expect(rules).toContain("workflow-syntax");
    expect(rules).toContain("push-from-pull-request");
  });

  test("is told of beside the other findings, where it is a workflow in spite of it", () => {
    const text = workflow({ steps: build("true") }).replace("runs-on:", "run-on:");
    expect(new Set(lint(text).map(({ rule }) => rule))).toEqual(
      new Set(["workflow-syntax", "push-from-pull-request"]),
    );
  });

  test("is told of once, though its echo has many parts", () => {
    expect(lint("{".repeat(60_000))).toHaveLength(1);
    expect(lint("- ".repeat(60_000))).toHaveLength(1);
  });

  test("cannot keep it busy with aliases of aliases, nor with jobs that all need one another", () => {
    const names = "abcdefghij".split("");
    const bomb = names.map((name, at) => {
      const item = at === 0 ? "x" : `*${names[at - 1]}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => item).join(", ")}]\n`;
    });
    expect(lint(bomb.join(""))[0]?.message).toContain("aliases");
    const jobs = Array.from({ length: 60 }, (_, at) => {
      const needs = Array.from({ length: 60 }, (_each, other) => `j${other}`).filter(
        (_each, other) => other !== at,
      );
      return `  j${at}: { runs-on: x, needs: [${needs.join(", ")}], steps: [{ run: docker push a/b }] }\n`;
    });
    const start = performance.now();
    lint(`on: pull_request\npermissions: {}\njobs:\n${jobs.join("")}`);
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test("never makes it throw, whatever is cut out of a good one", () => {
    const good = workflow({ on: "pull_request_target", steps: LOGIN + build("true") });
    assert(
      property(nat(good.length), nat(40), string({ maxLength: 8 }), (at, length, put) => {
        lint(good.slice(0, at) + put + good.slice(at + length));
      }),
      { numRuns: 300 },
    );
  });
});
