import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isValidRefName } from "../../../src/domain/ref-name.ts";

test.each(["main", "release/1.x", "v1.0.0", "feature/über", "a@b", "dependabot/npm/x-1", "$(id)"])(
  "takes %s",
  (name) => expect(isValidRefName(name)).toBe(true),
);

test.each([
  ["an empty name", ""],
  ["a leading dash", "-f"],
  ["HEAD", "HEAD"],
  ["a lone @", "@"],
  ["a reflog entry", "main@{1}"],
  ["two dots", "a..b"],
  ["a final dot", "main."],
  ["a hidden component", "a/.b"],
  ["a lock file", "a.lock/b"],
  ["a leading slash", "/a"],
  ["a final slash", "a/"],
  ["two slashes", "a//b"],
  ["a space", "a b"],
  ["a newline", "a\nb"],
  ["a C1 control", "a\u0085b"],
  ["half a surrogate pair", "a\uD800"],
  ["a tilde", "a~1"],
  ["a caret", "a^"],
  ["a colon", "a:b"],
  ["a question mark", "a?"],
  ["a star", "a*"],
  ["a bracket", "a[b"],
  ["a backslash", "a\\b"],
  ["DEL", "a\u007F"],
  ["256 characters", "a".repeat(256)],
])("refuses %s", (_, name) => expect(isValidRefName(name)).toBe(false));

const hasGit = spawnSync("git", ["--version"]).status === 0;

test.skipIf(!hasGit)(
  "agrees with git, but for what it refuses by its own rules",
  { timeout: 60_000 },
  () => {
    const unit = fc.constantFrom(
      "a",
      "B",
      "/",
      ".",
      "..",
      "@",
      "{",
      "-",
      ".lock",
      "~",
      " ",
      "*",
      "é",
    );
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1, maxLength: 6 }), (name) => {
        const git = spawnSync("git", ["check-ref-format", `refs/heads/${name}`]).status === 0;
        const stricter = name.startsWith("-") || name === "@" || name === "HEAD";
        expect(isValidRefName(name)).toBe(git && !stricter);
      }),
      { numRuns: 200 },
    );
  },
);
