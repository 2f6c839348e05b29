/** The program as people start it: its own process, with a terminal and without. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { converse, makeDirectory, makeRelayDirectory } from "./support/converse.ts";
import { SCRIPT } from "./support/terminal.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(ROOT, "src/cli/merge-relay.js");
const LOG = "denied: permission_denied: write_package\n";

function run(argv: readonly string[], options: { input?: string; cwd?: string } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...argv], {
    encoding: "utf8",
    input: "",
    timeout: 50_000,
    ...options,
  });
  return { status, out: stdout, error: stderr };
}

test("prints help with commands, examples and exit codes", () => {
  const { status, out, error } = run(["--help"]);
  expect([status, error]).toEqual([0, ""]);
  for (const part of ["init", "lint", "diagnose", "Examples", "Exit codes"]) {
    expect(out).toContain(part);
  }
});

test.each(["init", "lint", "diagnose"])("has examples in the help of %s", (command) => {
  const { status, out } = run([command, "--help"]);
  expect(status).toBe(0);
  expect(out).toContain("Examples");
  expect(out).toContain("Exit codes");
});

test("exits with 2 and a word for a wrong command, option or nothing at all", () => {
  for (const argv of [["constructor"], ["lint", "--nonsense"], []]) {
    const { status, out } = run(argv);
    expect([status, out]).toEqual([2, ""]);
  }
  expect(run(["lnit"]).error).toContain("Did you mean");
});

test("diagnoses what comes through a pipe", () => {
  const { status, out, error } = run(["diagnose", "--log", "-"], { input: LOG });
  expect([status, error]).toEqual([0, ""]);
  expect(out).toContain("package-access");
});

test("initializes and lints a repository, GitHub's parser loaded by Node itself", async () => {
  const cwd = await makeDirectory();
  expect(run(["init", "--yes"], { cwd }).status).toBe(0);
  const linted = run(["lint"], { cwd });
  expect([linted.status, linted.error]).toEqual([0, ""]);
  await writeFile(join(cwd, ".github/workflows/bad.yml"), "on: push\njobs: [\n");
  expect(run(["lint"], { cwd })).toMatchObject({ status: 1, error: "" });
});

test("does not wait for a terminal that is not there", async () => {
  const { status, error } = run(["init"], { cwd: await makeDirectory() });
  expect(status).toBe(2);
  expect(error).toContain("--yes");
});

test("setup and rotate name the option in JSON where nobody can be asked", async () => {
  const cwd = await makeRelayDirectory();
  for (const [argv, option] of [
    [["setup", "--json"], "--deploy or --local"],
    [["setup", "--json", "--local"], "--url ADDRESS"],
    [["rotate", "webhook-secret", "--json"], "--local or --deployed"],
  ] as const) {
    const { status, out } = run(argv, { cwd });
    expect(status).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { exit_code: 2 } });
    expect(out).toContain(option);
  }
});

test("ends quietly when its reader has enough", async () => {
  const reader = spawn("sh", ["-c", '"$0" "$1" --help | head -1; exit 0', process.execPath, BIN]);
  let error = "";
  reader.stderr.on("data", (chunk) => void (error += String(chunk)));
  const code = await new Promise((resolve) => reader.on("close", resolve));
  expect([code, error]).toEqual([0, ""]);
});

/** Runs the guard as an older Node would, by what it says of itself. */
async function runAsOld(bin: string, argv: readonly string[]) {
  const directory = await makeDirectory();
  const old = join(directory, "old.mjs");
  const version = `
    import { registerHooks } from "node:module";
    Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });
    registerHooks({
      load(url, context, next) {
        if (url.endsWith(".ts")) throw new TypeError("Unknown file extension .ts");
        return next(url, context);
      },
    });
  `;
  await writeFile(old, version);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", old, bin, ...argv], {
    encoding: "utf8",
    input: LOG,
    timeout: 50_000,
  });
  return { status, out: stdout, error: stderr };
}

describe("a Node that is too old", () => {
  test("hands over to the one that npm installed, with arguments, streams and exit code", async () => {
    const { status, out, error } = await runAsOld(BIN, ["diagnose", "--log", "-", "--json"]);
    expect([status, error]).toEqual([0, ""]);
    expect(out).toContain("package-access");
    expect(await runAsOld(BIN, ["nonsense"])).toMatchObject({ status: 2 });
  });

  test("says what is missing where npm installed none", async () => {
    const directory = await makeDirectory();
    await writeFile(join(directory, "package.json"), '{ "type": "module" }');
    await cp(BIN, join(directory, "merge-relay.js"));
    const { status, out, error } = await runAsOld(join(directory, "merge-relay.js"), ["--help"]);
    expect([status, out]).toEqual([2, ""]);
    expect(error).toContain("needs Node 22.18 or newer, and this is Node 20.20.2");
    expect(error.trim().split("\n")).toHaveLength(1);
  });
});

describe.skipIf(!existsSync(SCRIPT))("on a terminal", () => {
  const ANSWERS: [string, string][] = [
    ["Which image?", "ghcr.io/acme/app\r"],
    ["which platforms?", "\r"],
    ["which branches?", "\r"],
  ];

  test("init asks, shows, and writes after a yes", async () => {
    const { code, cwd, screen } = await converse(
      ["init"],
      [...ANSWERS, ["Write the new files?", "y"]],
    );
    expect(code).toBe(0);
    expect(await readFile(join(cwd, ".github/merge-relay.yml"), "utf8")).toContain(
      "ghcr.io/acme/app",
    );
    expect(screen).toContain("\u001B[");
  });

  test("init refuses an answer in words and asks again", async () => {
    const { code, screen } = await converse(
      ["init"],
      [
        ["Which image?", "ghcr.io/Acme/App\r"],
        ["capital letters", "\u0015ghcr.io/acme/app\r"],
        ["which platforms?", "\u0003"],
      ],
    );
    expect(code).toBe(130);
    expect(screen).toContain("Ended at a question");
  });

  test("init writes nothing after a no, nor after Ctrl+C", async () => {
    const no = await converse(["init"], [...ANSWERS, ["Write the new files?", "n"]]);
    expect(no.code).toBe(1);
    expect(existsSync(join(no.cwd, ".github"))).toBe(false);
    const stopped = await converse(["init"], [...ANSWERS, ["Write the new files?", "\u0003"]]);
    expect(stopped.code).toBe(130);
    expect(existsSync(join(stopped.cwd, ".github"))).toBe(false);
  });

  test("setup ends at Ctrl+C, at each question, with nothing made", async () => {
    const where: [string, string] = ["Where shall the relay run", "\u0015local\r"];
    for (const talk of [
      [["Where shall the relay run", "\u0003"]],
      [where, ["Address at which GitHub reaches", "\u0003"]],
      [
        where,
        ["Address at which GitHub reaches", "https://tunnel.example\r"],
        ["Waiting for the browser", "\u0003"],
      ],
    ] as [string, string][][]) {
      const { code, screen, cwd } = await converse(["setup"], talk);
      expect(code).toBe(130);
      expect(screen).toContain("Ended at a question");
      expect(existsSync(join(cwd, ".dev.vars"))).toBe(false);
    }
  });

  test("NO_COLOR is honoured", async () => {
    const { screen, code } = await converse(["init", "--yes"], [], { NO_COLOR: "1" });
    expect(code).toBe(0);
    expect(screen).toContain("written");
    expect(screen).not.toContain("\u001B[3");
  });

  test("nothing is asked in CI", async () => {
    const { screen, code } = await converse(["init"], [], { CI: "true" });
    expect(code).toBe(2);
    expect(screen).toContain("--yes");
  });
});
