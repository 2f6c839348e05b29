/** Settings in files: one is changed, everything else stays byte for byte. */
import * as fc from "fast-check";
import { parse } from "smol-toml";
import { expect, test } from "vitest";
import { changeEnvText, readEnvText } from "../../../src/cli/setup/env-text.ts";
import { createNarrator } from "../../../src/cli/setup/narrator.ts";
import { setTomlVars } from "../../../src/cli/setup/toml-vars.ts";

const names = fc.constantFrom("GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY", "SESSION_SECRET", "OTHER");
const values = fc.stringMatching(/^[A-Za-z0-9+/=_-][A-Za-z0-9+/=_ -]{0,40}[A-Za-z0-9+/=_-]$/);
const lines = fc.oneof(
  fc.constantFrom("# a comment", "", "  ", "#GITHUB_APP_ID=old", "export OTHER_ONE='x y'"),
  fc.tuple(names, values).map(([name, value]) => `${name}="${value}"`),
  fc.tuple(names, values).map(([name, value]) => `${name}=${value.replaceAll(" ", "")}`),
  fc.constantFrom('QUOTED="two\nlines"', "OTHER_ONE=1 # why"),
);

test("what is written is what is read, and nothing else changes", () => {
  fc.assert(
    fc.property(fc.array(lines), names, values, (before, name, value) => {
      const text = before.join("\n");
      const changed = changeEnvText(text, { [name]: value });
      expect(readEnvText(changed)).toEqual({ ...readEnvText(text), [name]: value });
      const kept = before.filter((line) => !line.startsWith(`${name}=`) && line.trim() !== "");
      for (const line of kept) expect(changed).toContain(line);
      expect(changeEnvText(changed, { [name]: value })).toBe(changed);
      expect(readEnvText(changeEnvText(changed, { [name]: null }))[name]).toBeUndefined();
    }),
  );
});

test("a key goes in as one line, and comes out with its lines", () => {
  const pem = "-----BEGIN PRIVATE KEY-----\nMIIE+/=\nabc\n-----END PRIVATE KEY-----\n";
  const text = changeEnvText("", { GITHUB_APP_PRIVATE_KEY: pem });
  expect(text.split("\n")).toHaveLength(2);
  expect(readEnvText(text)["GITHUB_APP_PRIVATE_KEY"]).toBe(pem.trim());
});

test("replaces a key that was written over several lines", () => {
  const text = 'A=1\nGITHUB_APP_PRIVATE_KEY="-----BEGIN\nline\n-----END"\nB=2\n';
  expect(changeEnvText(text, { GITHUB_APP_PRIVATE_KEY: "new" })).toBe(
    'A=1\nGITHUB_APP_PRIVATE_KEY="new"\nB=2\n',
  );
});

test("a value that would break the file is refused, not written", () => {
  for (const value of ['a"b', "a'b", "a`b", "a\\b"]) {
    expect(() => changeEnvText("", { SESSION_SECRET: value })).toThrow(TypeError);
  }
});

test("sets only variables that wrangler.toml has, in [vars] alone, and keeps its comments", () => {
  const toml =
    'name = "r"\nGITHUB_APP_ID = "top"\n[vars] # theirs\n# id\nGITHUB_APP_ID = ""\nX = "1"\n[env.test.vars]\nGITHUB_APP_ID = "t"\n';
  const changed = setTomlVars(toml, { GITHUB_APP_ID: "12", NEW: "n" });
  expect(parse(changed)).toMatchObject({
    GITHUB_APP_ID: "top",
    vars: { GITHUB_APP_ID: "12", X: "1" },
    env: { test: { vars: { GITHUB_APP_ID: "t" } } },
  });
  expect(changed.split("\n")).toHaveLength(toml.split("\n").length);
  expect(changed).not.toContain("NEW");
});

test("a hidden value never comes through the narrator, whole or by its lines", () => {
  let out = "";
  const io = {
    writeOut: (text: string) => void (out += text),
    writeError: () => undefined,
  } as never;
  const say = createNarrator(io, false);
  const line = "M".repeat(64);
  say.hide(`-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----`);
  say.hide("a-webhook-secret");
  say.note(`x ${line} y a-webhook-secret`);
  say.done("\u001B[31mred");
  expect(out).not.toContain(line);
  expect(out).not.toContain("a-webhook-secret");
  expect(out).not.toContain("\u001B");
});
