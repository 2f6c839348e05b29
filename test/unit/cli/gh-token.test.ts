/** GitHub's own tool fails in many ways: each is told, and a person signs in by a code instead. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findCredential } from "../../../src/cli/api/credential.ts";
import type { CommandIo } from "../../../src/cli/command-io.ts";
import { askGh } from "../../../src/cli/gh-token.ts";
import { findToken } from "../../../src/cli/github-token.ts";

/** A world whose gh is this script; null: there is none. */
function worldWith(script: string | null, mode = 0o755): Pick<CommandIo, "env"> {
  const directory = mkdtempSync(join(tmpdir(), "gh-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  if (script !== null) {
    writeFileSync(join(directory, "gh"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, "gh"), mode);
  }
  return { env: { PATH: directory } };
}

const FAILURES = [
  ["is not installed", null, /gh is not installed/],
  ["cannot be started", "", /gh cannot be started \(EACCES\)/],
  [
    "is not signed in",
    "echo 'no oauth token found for github.com' >&2; exit 1",
    /not signed in at github\.com/,
  ],
  [
    "is signed in nowhere",
    "echo 'You are not logged into any GitHub hosts.' >&2; exit 1",
    /not signed in/,
  ],
  ["prints nothing", "exit 0", /printed nothing/],
  ["prints a sentence", "echo 'A new release of gh is available'", /is no token/],
  ["prints two lines", "echo gho_one; echo gho_two", /is no token/],
  ["is too old", 'echo \'unknown command "token" for "gh auth"\' >&2; exit 1', /too old/],
  ["breaks", "echo 'secret gho_leak' >&2; exit 7", /exit code 7/],
  ["is killed", "kill -9 $$", /it was killed/],
] as const;

function ioOf(world: Pick<CommandIo, "env">, interactive: boolean) {
  const said: string[] = [];
  const io: CommandIo = {
    ...world,
    readFile: () => Promise.reject(new Error("nothing is read")),
    readStdin: () => Promise.reject(new Error("nothing is read")),
    writeOut: () => undefined,
    writeError: (text) => void said.push(text),
    colour: false,
    interactive,
  };
  return { io, said };
}

test.each(FAILURES)(
  "a gh that %s is told as that, and gives way to a sign-in",
  async (_, script, why) => {
    const world = worldWith(script, script === "" ? 0o644 : 0o755);
    const answer = await askGh(world, "github.com");
    expect(answer).toMatchObject({ kind: "none", why: expect.stringMatching(why) });
    expect(JSON.stringify(answer)).not.toMatch(/gho_/);
    const { io, said } = ioOf(world, true);
    const order = { io, relayUrl: "https://relay.example", webUrl: "https://github.com" };
    const signing = { ...order, given: undefined, signIn: () => Promise.resolve("ghu_typed") };
    expect(await (await findCredential(signing)).token()).toBe("ghu_typed");
    expect(said.join("")).toMatch(why);
    const { io: quiet } = ioOf(world, false);
    await expect(findCredential({ ...signing, io: quiet })).rejects.toThrow(why);
    await expect(findToken(quiet, "github.com", undefined)).rejects.toThrow(why);
  },
);

test("a gh that hangs is not waited for, even if what it started goes on", async () => {
  const world = worldWith("/bin/sleep 5 &\n/bin/sleep 5");
  const begin = Date.now();
  const answer = await askGh(world, "github.com", 300);
  expect(answer).toMatchObject({ kind: "none", why: expect.stringContaining("did not answer") });
  expect(Date.now() - begin).toBeLessThan(3_000);
});

test("takes what gh gives for the site that it is asked for", async () => {
  const world = worldWith('test "$4" = acme.ghe.com && test ! -t 0 && echo gho_right');
  expect(await askGh(world, "acme.ghe.com")).toEqual({ kind: "token", value: "gho_right" });
  expect(await askGh(world, "github.com")).toMatchObject({ kind: "none" });
});
