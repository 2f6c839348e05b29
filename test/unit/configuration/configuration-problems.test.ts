import { expect, test } from "vitest";
import { parseConfiguration } from "../../../src/domain/configuration.ts";
import { formatProblems } from "../../../src/domain/configuration-problem.ts";

function problemsOf(text: string): string[] {
  const parsed = parseConfiguration(text);
  return parsed.kind === "valid" ? [] : formatProblems(parsed.problems).split("\n");
}

/** One broken file, and every line that is said about it. */
const BROKEN: readonly (readonly [title: string, text: string, problems: readonly string[]])[] = [
  ["an empty file", "", ["line 1, column 1: the file is empty; did you mean `version: 1`?"]],
  [
    "a file of comments",
    "# nothing yet\n",
    ["line 1, column 1: the file is empty; did you mean `version: 1`?"],
  ],
  [
    "an empty document",
    "---\n",
    ["line 1, column 1: the file is empty; did you mean `version: 1`?"],
  ],
  ["a list", "- a\n", ["line 1, column 1: must be a mapping, lines of `key: value`"]],
  ["text", "hello", ["line 1, column 1: must be a mapping, lines of `key: value`"]],
  [
    "no version",
    "routes: [{}]\n",
    ["line 1, column 1: version: this key is required; did you mean `version: 1`?"],
  ],
  [
    "a version in quotes",
    'version: "1"\nroutes: [{}]\n',
    ["line 1, column 10: version: must be the number 1, without quotes; did you mean `1`?"],
  ],
  [
    "another version",
    "version: 2\nroutes: [{}]\n",
    [
      "line 1, column 10: version: must be 1, the only version that this relay reads; did you mean `1`?",
    ],
  ],
  [
    "neither routes nor accept",
    "version: 1\n",
    ["line 1, column 1: routes: needs a route, unless this file only accepts the routes of others"],
  ],
  [
    "no route and nobody accepted",
    "version: 1\nroutes: []\n",
    ["line 2, column 9: routes: needs a route, unless this file only accepts the routes of others"],
  ],
  [
    "empty lists",
    "version: 1\nroutes: []\naccept: []\n",
    ["line 3, column 9: accept: is an empty list; name something or remove the key"],
  ],
  [
    "keys without values",
    "version: 1\nroutes:\naccept:\n",
    [
      "line 2, column 1: routes: has no value; give one or remove the key",
      "line 3, column 1: accept: has no value; give one or remove the key",
    ],
  ],
  [
    "an unknown key at the top",
    "version: 1\nroute: [{}]\naccept: [a/b]\n",
    ["line 2, column 1: route: unknown key; did you mean `routes`?"],
  ],
  [
    "an unknown key in a route",
    "version: 1\nroutes:\n  - on: [merge]\n    brnaches: [main]\n",
    ["line 4, column 5: routes[0].brnaches: unknown key; did you mean `branches`?"],
  ],
  [
    "a key with another name here",
    "version: 1\nroutes:\n  - dockerfile: x\n    zzzzzz: 1\n",
    [
      "line 3, column 5: routes[0].dockerfile: unknown key; did you mean `file`?",
      "line 4, column 5: routes[0].zzzzzz: unknown key",
    ],
  ],
  [
    "an unknown key in labels",
    "version: 1\nroutes:\n  - labels: { all: [a], non: [b] }\n",
    [
      "line 3, column 15: routes[0].labels.all: unknown key",
      "line 3, column 25: routes[0].labels.non: unknown key; did you mean `none`?",
    ],
  ],
  [
    "a repeated key",
    "version: 1\nroutes: [{}]\nversion: 1\n",
    ["line 3, column 1: version: this key is there already; only one may stay"],
  ],
  [
    "a repeated key whose first value is wrong too",
    "version: 1\nroutes:\n  - on: [merg]\n    on: [tag]\n",
    [
      "line 3, column 10: routes[0].on[0]: must be one of merge, tag, push, not `merg`; did you mean `merge`?",
      "line 4, column 5: routes[0].on: this key is there already; only one may stay",
    ],
  ],
  [
    "a key of JavaScript's own",
    "version: 1\n__proto__: { accept: [a/b] }\nroutes:\n  - inputs: { constructor: x }\n",
    [
      "line 2, column 1: __proto__: this key is never allowed",
      "line 4, column 15: routes[0].inputs.constructor: this key is never allowed",
    ],
  ],
  [
    "keys that are no text",
    "version: 1\n1: x\nnull: y\n? [a]\n: z\nroutes: [{}]\n",
    [
      'line 2, column 1: [`1`]: the key `1` is no text; put it in quotes; did you mean `"1"`?',
      'line 3, column 1: null: the key `null` is no text; put it in quotes; did you mean `"null"`?',
      "line 4, column 3: [`?`]: a key must be plain text",
    ],
  ],
  [
    "a merge key",
    "version: 1\nroutes:\n  - <<: { on: [push] }\n",
    ["line 3, column 5: routes[0][`<<`]: merge keys are not supported; write the entries out"],
  ],
  [
    "an anchor and its alias",
    "version: 1\nroutes:\n  - branches: &b [main]\n    tags: *b\n",
    [
      "line 3, column 15: anchors are not supported; remove `&b`",
      "line 4, column 11: aliases are not supported; write out what `*b` stands for, or quote it if it is a pattern",
    ],
  ],
  [
    "a pattern without quotes",
    "version: 1\nroutes:\n  - branches: [*.x, !main]\n",
    [
      "line 3, column 16: aliases are not supported; write out what `*.x` stands for, or quote it if it is a pattern",
      "line 3, column 21: tags are not supported; quote the value if `!main` belongs to it",
      "line 3, column 26: routes[0].branches[1]: is empty",
    ],
  ],
  [
    "a tag",
    "version: 1\nroutes:\n  - ref: !!str main\n",
    ["line 3, column 10: tags are not supported; quote the value if `!!str` belongs to it"],
  ],
  [
    "a directive",
    "%YAML 1.1\n---\nversion: 1\n",
    ["line 1, column 1: directives are not supported; remove this line"],
  ],
  [
    "two documents",
    "version: 1\nroutes: [{}]\n---\nversion: 1\n",
    ["line 4, column 1: a second document; the file holds only one"],
  ],
  [
    "tabs",
    "version:\t1\nroutes:\n\t- {}\n",
    [
      "line 1, column 9: a tab; indent and separate with spaces (inside double quotes, write \\t)",
      "line 3, column 1: a tab; indent and separate with spaces (inside double quotes, write \\t)",
    ],
  ],
  [
    "a control character",
    "version: 1 # \u0007\nroutes: [{}]\n",
    ["line 1, column 14: a control character, or half of one; remove it"],
  ],
  [
    "an escaped control character",
    'version: 1\nroutes:\n  - inputs: { a: "\\u001b[31m", b: "\\ud800" }\n',
    [
      "line 3, column 18: routes[0].inputs.a: has a control character, or half of one, among its escapes",
      "line 3, column 35: routes[0].inputs.b: has a control character, or half of one, among its escapes",
    ],
  ],
  [
    "broken syntax",
    "version: 1\nroutes:\n  - on: [merge\n",
    [
      "line 3, column 15: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
  ],
  [
    "deep nesting",
    "version: [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n",
    ["line 1, column 25: nested deeper than 16 levels"],
  ],
  [
    "numbers where text belongs",
    "version: 1\nroutes:\n  - on: [tag]\n    tags: [1.0, true]\n    ref: 2026\n",
    [
      'line 4, column 12: routes[0].tags[0]: must be text, and `1.0` is a number; quote it; did you mean `"1.0"`?',
      'line 4, column 17: routes[0].tags[1]: must be text, and `true` is a truth value; quote it; did you mean `"true"`?',
      'line 5, column 10: routes[0].ref: must be text, and `2026` is a number; quote it; did you mean `"2026"`?',
    ],
  ],
  [
    "one value where a list belongs",
    "version: 1\nroutes:\n  - branches: main\n    platforms: { a: b }\n",
    [
      "line 3, column 15: routes[0].branches: must be a list; did you mean `[main]`?",
      "line 4, column 16: routes[0].platforms: must be a list",
    ],
  ],
  [
    "a list where one value belongs",
    "version: 1\nroutes:\n  - image: [ghcr.io/a/b]\n    inputs: { a: [b], c: }\n",
    [
      "line 3, column 12: routes[0].image: must be text, not a list",
      "line 4, column 18: routes[0].inputs.a: must be text, a number or true or false, not a list",
      "line 4, column 23: routes[0].inputs.c: has no value; give one or remove the key",
    ],
  ],
  [
    "lists where mappings belong",
    "version: 1\nroutes:\n  - []\n  - name: a\n    labels: [x]\n    inputs: []\n",
    [
      "line 3, column 5: routes[0]: must be a mapping, lines of `key: value`",
      "line 5, column 13: routes[1].labels: must be a mapping, lines of `key: value`",
      "line 6, column 13: routes[1].inputs: must be a mapping, lines of `key: value`",
    ],
  ],
  [
    "empty lists and mappings",
    "version: 1\nroutes:\n  - on: []\n    branches: []\n    labels: {}\n",
    [
      "line 3, column 9: routes[0].on: is an empty list; name something or remove the key",
      "line 4, column 15: routes[0].branches: is an empty list; name something or remove the key",
      "line 5, column 13: routes[0].labels: needs any or none, or both",
      "line 5, column 13: routes[0].labels: filters merges only, and this route has none",
    ],
  ],
  [
    "an unknown event",
    "version: 1\nroutes:\n  - on: [merged, pull_request, 1]\n",
    [
      "line 3, column 10: routes[0].on[0]: must be one of merge, tag, push, not `merged`; did you mean `merge`?",
      "line 3, column 18: routes[0].on[1]: must be one of merge, tag, push, not `pull_request`",
      "line 3, column 32: routes[0].on[2]: must be one of merge, tag, push, not `1`",
    ],
  ],
  [
    "routes without names",
    "version: 1\nroutes:\n  - name: a\n  - on: [push]\n",
    ["line 4, column 5: routes[1].name: is required where there are several routes"],
  ],
  [
    "routes of one name",
    "version: 1\nroutes:\n  - name: a\n  - name: a\n",
    ["line 4, column 11: routes[1].name: another route is called `a` already"],
  ],
  [
    "a name in another style",
    "version: 1\nroutes:\n  - name: My App\n",
    [
      "line 3, column 11: routes[0].name: `My App` must be of lower case letters, digits and -, and start with no -; did you mean `my-app`?",
    ],
  ],
  [
    "tags not asked for",
    "version: 1\nroutes:\n  - on: [tag]\n",
    [
      'line 3, column 5: routes[0].tags: is required where on has tag; did you mean `tags: ["v*"]`?',
    ],
  ],
  [
    "tags that would do nothing",
    "version: 1\nroutes:\n  - tags: [v*]\n",
    [
      "line 3, column 11: routes[0].tags: does nothing, since this route is not for tags; add tag to on; did you mean `on: [merge, tag]`?",
    ],
  ],
  [
    "filters that would do nothing",
    "version: 1\nroutes:\n  - on: [push]\n    paths: [a]\n    labels: { any: [a] }\n",
    [
      "line 4, column 12: routes[0].paths: filters merges only, and this route has none",
      "line 5, column 13: routes[0].labels: filters merges only, and this route has none",
    ],
  ],
  [
    "repeated entries",
    "version: 1\nroutes:\n  - on: [merge, merge]\n    platforms: [linux/amd64, linux/amd64]\n",
    [
      "line 3, column 17: routes[0].on[1]: is in this list already",
      "line 4, column 30: routes[0].platforms[1]: is in this list already",
    ],
  ],
  [
    "a label on both sides",
    "version: 1\nroutes:\n  - labels: { any: [a, b], none: [b] }\n",
    ["line 3, column 35: routes[0].labels.none[0]: is also in any; it cannot be both"],
  ],
  [
    "inputs of the contract",
    'version: 1\nroutes:\n  - inputs: { sha: x, Image: y, "a b": z }\n',
    [
      "line 3, column 15: routes[0].inputs.sha: `sha` is sent by the relay itself; take another name",
      "line 3, column 23: routes[0].inputs.Image: `Image` is sent by the relay; set the route's own image instead",
      "line 3, column 33: routes[0].inputs[`a b`]: `a b` must be of letters, digits, _ and -, and start with a letter or _; did you mean `a_b`?",
    ],
  ],
  [
    "inputs that differ in case only",
    "version: 1\nroutes:\n  - inputs: { channel: x, Channel: y }\n",
    [
      "line 3, column 27: routes[0].inputs.Channel: GitHub takes this for an input above, since case does not count",
    ],
  ],
  [
    "an image with a tag",
    "version: 1\nroutes:\n  - image: ghcr.io/acme/app:latest\n",
    [
      "line 3, column 12: routes[0].image: `ghcr.io/acme/app:latest` names a tag; the workflow takes tags from the commit, so that no file can overwrite a release; did you mean `ghcr.io/acme/app`?",
    ],
  ],
  [
    "an image with a digest",
    "version: 1\nroutes:\n  - image: ghcr.io/acme/app@sha256:00\n",
    [
      "line 3, column 12: routes[0].image: `ghcr.io/acme/app@sha256:00` names a digest; a build makes a new one, so leave it out; did you mean `ghcr.io/acme/app`?",
    ],
  ],
  [
    "an image in capitals",
    "version: 1\nroutes:\n  - image: ghcr.io/Acme/App\n",
    [
      "line 3, column 12: routes[0].image: `ghcr.io/Acme/App` has capital letters; registries take lower case only; did you mean `ghcr.io/acme/app`?",
    ],
  ],
  [
    "an image without a registry",
    "version: 1\nroutes:\n  - image: acme/app\n",
    [
      "line 3, column 12: routes[0].image: `acme/app` has no registry host, such as ghcr.io or docker.io; did you mean `ghcr.io/acme/app`?",
    ],
  ],
  [
    "a bare architecture",
    "version: 1\nroutes:\n  - platforms: [arm64]\n",
    [
      "line 3, column 17: routes[0].platforms[0]: `arm64` is not a platform, such as linux/arm64; did you mean `linux/arm64`?",
    ],
  ],
  [
    "paths that leave",
    "version: 1\nroutes:\n  - context: ../x\n    file: /Dockerfile\n",
    [
      "line 3, column 14: routes[0].context: `../x` leaves the directory it starts in; .. is not allowed",
      "line 4, column 11: routes[0].file: `/Dockerfile` must be a path from the repository's root, of letters, digits and . _ - + between slashes; did you mean `Dockerfile`?",
    ],
  ],
  [
    "a path for a shell",
    "version: 1\nroutes:\n  - context: $(id)\n    file: ./a//b/\n",
    [
      "line 3, column 14: routes[0].context: `$(id)` must be a path from the repository's root, of letters, digits and . _ - + between slashes",
      "line 4, column 11: routes[0].file: `./a//b/` must be a path from the repository's root, of letters, digits and . _ - + between slashes; did you mean `a/b`?",
    ],
  ],
  [
    "path patterns",
    'version: 1\nroutes:\n  - paths: ["!a", a/, ./b, "{c,d}", e/***]\n',
    [
      "line 3, column 13: routes[0].paths[0]: `!a` starts with !, but patterns cannot be negated; list what is wanted",
      "line 3, column 19: routes[0].paths[1]: `a/` ends with a slash and would match no file; did you mean `a/**`?",
      "line 3, column 23: routes[0].paths[2]: `./b` is not a path from the repository's root; did you mean `b`?",
      "line 3, column 28: routes[0].paths[3]: `{c,d}` has brackets or braces, which mean nothing here; write one pattern for each, or ? for one such character",
      "line 3, column 37: routes[0].paths[4]: `e/***` has more than two stars in a row; did you mean `e/**`?",
    ],
  ],
  [
    "branch patterns",
    'version: 1\nroutes:\n  - branches: ["!a", refs/heads/main, a..b, "***"]\n',
    [
      "line 3, column 16: routes[0].branches[0]: `!a` starts with !, but patterns cannot be negated; list what is wanted",
      "line 3, column 22: routes[0].branches[1]: `refs/heads/main` must be the short name, without refs/…/; did you mean `main`?",
      "line 3, column 39: routes[0].branches[2]: `a..b` cannot match any name that git takes",
      "line 3, column 45: routes[0].branches[3]: `***` has more than two stars in a row; did you mean `**`?",
    ],
  ],
  [
    "a commit as ref",
    "version: 1\nroutes:\n  - ref: 0123456789abcdef0123456789abcdef01234567\n",
    [
      "line 3, column 10: routes[0].ref: `0123456789abcdef0123456789abcdef01234567` is a commit; a workflow is dispatched on a branch or tag",
    ],
  ],
  [
    "a workflow with its directory",
    "version: 1\nroutes:\n  - workflow: .github/workflows/a.yml\n",
    [
      "line 3, column 15: routes[0].workflow: `.github/workflows/a.yml` must be the plain name of a file in .github/workflows, ending in .yml or .yaml; did you mean `a.yml`?",
    ],
  ],
  [
    "a builder as URL",
    "version: 1\nroutes:\n  - builder: https://github.com/acme/builder.git\n",
    [
      "line 3, column 14: routes[0].builder: `https://github.com/acme/builder.git` is not a repository, such as acme/builder; did you mean `acme/builder`?",
    ],
  ],
  [
    "accepting too much",
    'version: 1\naccept: ["*/*", acme, acme/**]\n',
    [
      "line 2, column 10: accept[0]: `*/*` must spell out the owner: anybody can become a new one",
      "line 2, column 17: accept[1]: `acme` is not owner/repository or owner/*; did you mean `acme/*`?",
      "line 2, column 23: accept[2]: `acme/**` is not owner/repository or owner/*; did you mean `acme/*`?",
    ],
  ],
  [
    "a blank label",
    'version: 1\nroutes:\n  - labels: { any: [" a ", ""] }\n',
    [
      "line 3, column 21: routes[0].labels.any[0]: ` a ` is not a label: it is blank at an end; did you mean `a`?",
      "line 3, column 28: routes[0].labels.any[1]: is empty",
    ],
  ],
  [
    "problems all over the file, by line",
    "version: 1\naccept: [acme]\nroutes:\n  - image: App\n    ref: -x\n  - name: A\n    imagee: x\n",
    [
      "line 2, column 10: accept[0]: `acme` is not owner/repository or owner/*; did you mean `acme/*`?",
      "line 4, column 5: routes[0].name: is required where there are several routes",
      "line 4, column 12: routes[0].image: `App` has capital letters; registries take lower case only",
      "line 5, column 10: routes[0].ref: `-x` is not a branch or tag name that git takes",
      "line 6, column 11: routes[1].name: `A` must be of lower case letters, digits and -, and start with no -; did you mean `a`?",
      "line 7, column 5: routes[1].imagee: unknown key; did you mean `image`?",
    ],
  ],
  [
    "a hostile key and value, shown safely",
    'version: 1\nroutes:\n  - "a`\\n@all": 1\n    ref: "`x\\ny\\u2028"\n',
    [
      "line 3, column 5: routes[0][`a'\uFFFD@all`]: unknown key",
      "line 4, column 10: routes[0].ref: `'x\uFFFDy\uFFFD` is not a branch or tag name that git takes",
    ],
  ],
];

test.each(BROKEN)("explains %s", (_, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});

test("a problem carries its place, path and suggestion as data", () => {
  expect(parseConfiguration("version: 1\nroutes:\n  - brnaches: [main]\n")).toEqual({
    kind: "invalid",
    problems: [
      {
        line: 3,
        column: 5,
        path: "routes[0].brnaches",
        message: "unknown key",
        suggestion: "branches",
      },
    ],
  });
});

test("counts every input that the relay sends for the route", () => {
  const inputs = Array.from({ length: 15 }, (_, index) => `i${index}: x`).join(", ");
  const route = `on: [tag], tags: [v1], builder: a/b, image: ghcr.io/a/b, platforms: [linux/arm64], context: a, file: b`;
  expect(problemsOf(`version: 1\nroutes: [{ ${route}, inputs: { ${inputs} } }]`)).toEqual([]);
  const line = `routes: [{ ${route}, inputs: { ${inputs}, x: y } }]`;
  expect(problemsOf(`version: 1\n${line}`)).toEqual([
    `line 2, column ${line.indexOf("{ i0") + 1}: routes[0].inputs: has 16 inputs; GitHub takes 25 and the relay needs 10 of them here`,
  ]);
});

test("limits the number of routes, platforms and the length of values", () => {
  const routes = Array.from({ length: 51 }, (_, index) => `  - name: r${index}\n`).join("");
  expect(problemsOf(`version: 1\nroutes:\n${routes}`)).toEqual([
    "line 3, column 3: routes: has more than 50 entries",
  ]);
  const platforms = Array.from({ length: 9 }, (_, index) => `linux/arm/v${index}`).join(", ");
  expect(problemsOf(`version: 1\nroutes: [{ platforms: [${platforms}] }]`)).toEqual([
    "line 2, column 23: routes[0].platforms: has more than 8 entries",
  ]);
  const long = "a".repeat(1001);
  expect(problemsOf(`version: 1\nroutes: [{ inputs: { a: ${long} } }]`)).toEqual([
    "line 2, column 25: routes[0].inputs.a: is longer than 1000 characters",
  ]);
});

test("does not suggest what cannot be shown on one line", () => {
  expect(problemsOf('version: 1\nroutes: [{ paths: ["./a\\u2028b", ./c] }]')).toEqual([
    "line 2, column 20: routes[0].paths[0]: `./a\uFFFDb` is not a path from the repository's root",
    "line 2, column 34: routes[0].paths[1]: `./c` is not a path from the repository's root; did you mean `c`?",
  ]);
});

test("tells at most 100 problems", () => {
  const keys = Array.from({ length: 500 }, (_, index) => `k${index}: x\n`).join("");
  expect(problemsOf(keys)).toHaveLength(100);
});
