import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { CommandIo } from "../../../src/cli/command-io.ts";
import { registerDiagnose } from "../../../src/cli/diagnose.ts";
import { runProgram } from "../../../src/cli/program.ts";

const MAIN = fileURLToPath(new URL("../../../src/cli/merge-relay.js", import.meta.url));
const LOG =
  "The push refers to repository [ghcr.io/acme/app]\ndenied: permission_denied: write_package\n";

function missing(): Promise<never> {
  return Promise.reject(Object.assign(new Error("no"), { code: "ENOENT" }));
}

async function call(
  argv: string[],
  files: Record<string, string> = {},
  colour = false,
): Promise<{ code: number; out: string; error: string }> {
  let out = "";
  let error = "";
  const io: CommandIo = {
    readFile: (path) => (files[path] === undefined ? missing() : Promise.resolve(files[path])),
    readStdin: () => Promise.resolve(files["-"] ?? ""),
    writeOut: (text) => void (out += text),
    writeError: (text) => void (error += text),
    env: {},
    colour,
    interactive: false,
  };
  return { code: await runProgram(["diagnose", ...argv], io, [registerDiagnose]), out, error };
}

test("prints cause, confidence, evidence with line numbers, explanation and remedy", async () => {
  const { code, out } = await call(["--log", "job.log"], { "job.log": LOG });
  expect(code).toBe(0);
  for (const part of [
    "package-access",
    "likely",
    "line 2",
    "What happened",
    "Manage Actions access",
  ]) {
    expect(out).toContain(part);
  }
  expect(out).not.toContain("\u001B");
});

test("colours only for a terminal", async () => {
  const { out } = await call(["--log", "-"], { "-": LOG }, true);
  expect(out).toContain("\u001B[");
});

test("gives the contract's JSON", async () => {
  const { code, out } = await call(["--log", "-", "--json"], { "-": LOG });
  expect(code).toBe(0);
  expect(Object.keys(JSON.parse(out) as object)).toEqual([
    "cause",
    "confidence",
    "evidence",
    "explanation",
    "remedy",
    "retryable",
  ]);
});

test("uses the run object, and quotes it without a line", async () => {
  const run = JSON.stringify({
    event: "pull_request",
    repository: { full_name: "acme/app" },
    head_repository: { full_name: "dev/app" },
  });
  const { out } = await call(["--log", "-", "--run", "run.json"], { "-": LOG, "run.json": run });
  expect(out).toContain("token-read-only-fork");
  expect(out).toContain("run object");
});

test("exits with 1 and a clear word where an input cannot be read", async () => {
  const inputs: [string[], Record<string, string>, string][] = [
    [["--log", "none.log"], {}, "there is no such file"],
    [["--log", "-", "--run", "run.json"], { "run.json": "{" }, "is not JSON"],
    [["--log", "-", "--run", "run.json"], { "run.json": "[]" }, "not a JSON object"],
  ];
  for (const [argv, files, word] of inputs) {
    const { code, out, error } = await call(argv, files);
    expect([code, out]).toEqual([1, ""]);
    expect(error).toContain(word);
  }
});

test("exits with 2 where the arguments make no sense", async () => {
  const inputs: [string[], string][] = [
    [["--log", "-", "--run", "-"], "Only one"],
    [[], "Name the log"],
    [["--nonsense"], "--nonsense"],
  ];
  for (const [argv, word] of inputs) {
    const { code, out, error } = await call(argv);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toContain(word);
  }
});

test("prints a diagnosis and 0 for an empty log", async () => {
  const { code, out } = await call(["--log", "-"], { "-": "" });
  expect(code).toBe(0);
  expect(out).toContain("unknown");
});

test("runs as a program, with help and a word for an unknown command", () => {
  const options = { encoding: "utf8", input: LOG } as const;
  const help = spawnSync(process.execPath, [MAIN, "--help"], options);
  expect([help.status, help.stdout.includes("diagnose")]).toEqual([0, true]);
  const printed = spawnSync(process.execPath, [MAIN, "diagnose", "--log", "-"], options);
  expect([printed.status, printed.stderr]).toEqual([0, ""]);
  expect(printed.stdout).toContain("package-access");
  const wrong = spawnSync(process.execPath, [MAIN, "constructor"], options);
  expect([wrong.status, wrong.stderr.includes("unknown command")]).toEqual([2, true]);
});
