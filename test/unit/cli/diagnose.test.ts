import { expect, test } from "vitest";
import { registerDiagnose } from "../../../src/cli/diagnose.ts";
import { type Printed, runCommandLine } from "./run-command.ts";

const LOG =
  "The push refers to repository [ghcr.io/acme/app]\ndenied: permission_denied: write_package\n";

function call(
  argv: string[],
  files: Record<string, string> = {},
  colour = false,
): Promise<Printed> {
  return runCommandLine(registerDiagnose, ["diagnose", ...argv], { files, colour });
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
    [["--log", "logs.zip"], { "logs.zip": "PK\u0003\u0004\u0014\u0000" }, "zip archive; unpack it"],
    [["--log", "log.gz"], { "log.gz": "\u001F\uFFFD\u0008" }, "unpack it"],
    [["--log", "a.out"], { "a.out": `\u007FELF${"\u0000a".repeat(90)}` }, "it is no text"],
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
    [[], "or the log"],
    [["https://github.com/a/b/actions/runs/1", "--log", "-"], "not both"],
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
  expect(out).toContain("The log is empty");
});
