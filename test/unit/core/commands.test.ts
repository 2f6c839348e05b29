import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCommand } from "../../../src/domain/command.ts";
import { code, link, prose } from "../../../src/domain/markdown.ts";
import { judgePermission, type PermissionFacts } from "../../../src/domain/permission.ts";

describe("a comment is a command", () => {
  test.each([
    ["/publish", "publish", null],
    ["  /publish  \r\nand more", "publish", null],
    ["/publish app", "publish", "app"],
    ["\t/publish \t app-2 \n/publish other", "publish", "app-2"],
    ["/publish explain", "explain", null],
  ])("as %j", (body, verb, route) => {
    expect(parseCommand(body)).toEqual({ verb, route });
  });

  test.each([
    "",
    "\n/publish",
    "please /publish",
    "> /publish",
    "/Publish",
    "/publisher",
    "/publish app docs",
    "/publish explain app",
    "/publish App",
    "/publish -app",
    "/publish @octocat",
    `/publish ${"a".repeat(41)}`,
  ])("but not as %j", (body) => {
    expect(parseCommand(body)).toBeNull();
  });

  test("never with a route that the configuration could not name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (word) => {
        const route = parseCommand(`/publish ${word}`)?.route ?? null;
        expect(route === null || /^[a-z0-9][a-z0-9-]{0,39}$/.test(route)).toBe(true);
      }),
    );
  });
});

const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "@octocat",
        "#12",
        "GH-7",
        "https://evil.test/x",
        "www.evil.test",
        "a@b.test",
        "<img src=x>",
        "[a](b)",
        "![a](b)",
        "`",
        "```",
        "|",
        "\\",
        "\n",
        "\u202E",
        "<!-- ",
        "deadbeefdeadbeef",
        "- x",
        "1. x",
      ),
      fc.string({ unit: "binary", maxLength: 12 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("text from outside", () => {
  test("as code is one code span on one line, with nothing that could end it", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(code(text)).toMatch(/^(?:`[^`|\n\r]{1,310}`|\u2014)$/u);
      }),
    );
  });

  test("as words holds no mention, reference, link, HTML or table column", () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const words = prose(text);
        expect(words).not.toMatch(/[\n\r\u202A-\u202E]/u);
        expect(words).not.toMatch(/[@#]\w|:\/\/|www\.|\bGH-\d/i);
        // Every sign that Markdown knows stands behind a backslash.
        expect(words.replace(/\\[!-/:-@[-`{-~]/g, "")).not.toMatch(/[`*_[\]<>|~&\\!]/);
      }),
    );
  });

  test("becomes a link only where it is a plain address", () => {
    expect(link("run", "https://github.com/acme/app/actions/runs/1")).not.toBeNull();
    for (const address of [
      "javascript:alert(1)",
      "https://a.test/x) [y](z",
      "https://a.test/<b>",
    ]) {
      expect(link("run", address)).toBeNull();
    }
  });
});

const facts = (change: Partial<PermissionFacts>): PermissionFacts => ({
  userId: 7,
  userType: "User",
  permission: "read",
  role: "read",
  maintains: false,
  ...change,
});

describe("a person may command the relay", () => {
  const sender = { id: 7, login: "maria" };
  test.each([
    ["write", "write", "write", "granted"],
    ["write", "write", "maintain", "role-missing"],
    ["write", "maintain", "maintain", "granted"],
    ["write", "maintain", "admin", "role-missing"],
    ["admin", "admin", "admin", "granted"],
    ["read", "triage", "write", "cannot-write"],
    ["none", "none", "write", "cannot-write"],
  ] as const)(
    "with permission %s and role %s where %s is needed: %s",
    (permission, role, needed, verdict) => {
      expect(judgePermission(facts({ permission, role }), sender, needed)).toBe(verdict);
    },
  );

  test("never as a bot, or under a login that is somebody else's by now", () => {
    const admin = { permission: "admin", role: "admin" };
    expect(judgePermission(facts({ ...admin, userId: 8 }), sender, "write")).toBe("cannot-write");
    expect(judgePermission(facts({ ...admin, userType: "Bot" }), sender, "write")).toBe(
      "cannot-write",
    );
  });
});
