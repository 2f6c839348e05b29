/** A person at a terminal, who types each answer when its question is on the screen. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";
import { SCRIPT } from "./terminal.ts";

const BIN = fileURLToPath(new URL("../../../src/cli/merge-relay.js", import.meta.url));

export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "cli-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** One that `setup` takes for merge-relay's own. */
export async function makeRelayDirectory(): Promise<string> {
  const directory = await makeDirectory();
  await writeFile(join(directory, "wrangler.toml"), 'name = "merge-relay"\n');
  return directory;
}

/** The variables of whoever runs the tests must not decide about colours and questions. */
function terminalEnvironment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const all: Record<string, string | undefined> = {
    ...process.env,
    TERM: "xterm-256color",
    ...env,
  };
  for (const name of ["CI", "NO_COLOR", "FORCE_COLOR"]) {
    if (!(name in env)) delete all[name];
  }
  return all;
}

/** Runs a command in a directory of its own, to its end. */
export async function converse(
  argv: readonly string[],
  talk: readonly [question: string, answer: string][],
  env: Readonly<Record<string, string>> = {},
): Promise<{ screen: string; code: number | null; cwd: string }> {
  const cwd = argv[0] === "setup" ? await makeRelayDirectory() : await makeDirectory();
  const command = [process.execPath, BIN, ...argv].map((word) => `'${word}'`).join(" ");
  const child = spawn(SCRIPT, ["-qefc", command, "/dev/null"], {
    cwd,
    env: terminalEnvironment(env),
  });
  onTestFinished(() => void child.kill());
  let screen = "";
  let seen = 0;
  const left = [...talk];
  child.stdout.on("data", (chunk) => {
    screen += String(chunk);
    const [next] = left;
    if (next === undefined || !screen.slice(seen).includes(next[0])) return;
    seen = screen.length;
    left.shift();
    // A prompt reads keys only after it is drawn.
    setTimeout(() => child.stdin.write(next[1]), 200);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  expect(left).toEqual([]);
  return { screen, code, cwd };
}
