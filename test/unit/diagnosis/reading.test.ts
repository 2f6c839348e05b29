import { expect, test } from "vitest";
import { diagnose } from "../../../src/doctor/diagnosis/diagnose.ts";
import { readCorpus } from "./corpus.ts";

const DENIED = "denied: permission_denied: write_package";
const FULL = readCorpus("tuning").filter((one) => one.log.startsWith("\uFEFF"));

function causeOf(log: string, run?: unknown): string {
  return diagnose({ log, run }).cause;
}

test("counts lines by newline, blank ones included", () => {
  const { evidence } = diagnose({ log: `\n\nfirst\n\n${DENIED}\n` });
  expect(evidence).toEqual([{ line: 5, text: DENIED }]);
});

test("gives the same cause for the raw log, with CRLF, and for the columns of gh", () => {
  for (const { id, log, run, cause } of FULL) {
    const columns = log
      .split("\n")
      .map((line) => `publish / image\tUNKNOWN STEP\t${line}`)
      .join("\n");
    expect(causeOf(log.replaceAll("\n", "\r\n"), run), id).toBe(cause);
    expect(causeOf(columns, run), id).toBe(cause);
  }
});

test("reads a report that is quoted or indented as the plain text, with the same line numbers", () => {
  const plain = [
    "#9 pushing layers",
    "",
    "------",
    " > exporting to image:",
    "------",
    "Password required",
  ];
  const expected = diagnose({ log: plain.join("\n") });
  expect(expected).toMatchObject({ cause: "secrets-withheld", evidence: [{ line: 6 }] });
  for (const margin of ["> ", "    ", "\t", "> > ", ">   "]) {
    const lines = plain.map((line) => (line === "" ? margin.trimEnd() : margin + line));
    expect(diagnose({ log: lines.join("\n") }), margin).toEqual(expected);
  }
  // What stands before some lines only is no margin.
  const login = ["    Password required", "Error: exit status 1"];
  expect(causeOf(login.join("\n"))).toBe("unknown");
});

test("reads past the clock and the escaped quotes of other systems", () => {
  const lines = ["------", " > importing cache manifest from ghcr.io/acme/app:cache:", "EOF"];
  for (const clock of ["10:00:00 ", "[2026-01-01T10:00:00.123Z] ", "2026-01-01 10:00:00,123 "]) {
    const log = lines.map((line) => clock + line).join("\n");
    expect(diagnose({ log }), clock).toEqual(diagnose({ log: lines.join("\n") }));
    expect(causeOf(`${clock}EOF`), clock).toBe("registry-unavailable");
  }
  const pull = 'Head "https://registry-1.docker.io/v2/library/redis/manifests/7": unauthorized: ';
  const expired = `time="2026-01-01T10:00:00Z" level=fatal msg=${JSON.stringify(`${pull}token has expired`)}`;
  expect(causeOf(expired)).toBe("unknown");
});

test("knows the vertex that BuildKit blames also where a page took the space before it", () => {
  const pulled = [
    "------",
    "> [internal] load metadata for ghcr.io/acme/base:1:",
    "------",
    "ERROR: failed to solve: unexpected status: 403 Forbidden",
  ];
  const fork = {
    event: "pull_request",
    repository: { id: 1, full_name: "acme/app" },
    head_repository: { id: 2, full_name: "dev/app" },
  };
  expect(causeOf(pulled.join("\n"), fork)).toBe("unknown");
  const pushed = pulled.map((line) => line.replace(/\[internal\].*/, "exporting to image:"));
  expect(causeOf(pushed.join("\n"), fork)).toBe("token-read-only-fork");
});

test("takes the step's name from the columns where gh knows it", () => {
  const log = [
    "image\tRun unit tests\t2026-01-01T00:00:00.0000000Z ##[group]Run npm test",
    "image\tRun unit tests\t2026-01-01T00:00:00.0000000Z npm test",
    "image\tRun unit tests\t2026-01-01T00:00:00.0000000Z ##[endgroup]",
    `image\tRun unit tests\t2026-01-01T00:00:01.0000000Z ${DENIED}`,
    "image\tPush\t2026-01-01T00:00:02.0000000Z ##[group]Run docker push ghcr.io/acme/app:1",
    "image\tPush\t2026-01-01T00:00:02.0000000Z docker push ghcr.io/acme/app:1",
    "image\tPush\t2026-01-01T00:00:02.0000000Z ##[endgroup]",
    "image\tPush\t2026-01-01T00:00:03.0000000Z unknown blob",
    "image\tPush\t2026-01-01T00:00:03.0000000Z ##[error]Process completed with exit code 1.",
  ].join("\n");
  expect(diagnose({ log })).toMatchObject({
    cause: "registry-unavailable",
    evidence: [{ line: 8, text: "unknown blob" }],
  });
});

test("reads through colours and never lets a control sequence out", () => {
  const log = `\u001B[31mERROR:\u001B[0m ${DENIED}\u001B]0;owned\u0007\u009B2J\u202E tail\u0000`;
  const diagnosis = diagnose({ log });
  expect(diagnosis.cause).toBe("package-access");
  expect(diagnosis.evidence[0]?.text).toBe(`ERROR: ${DENIED} tail`);
});

test("keeps a message and its continuation lines together", () => {
  const log = [
    "2026-01-01T00:00:00.0000000Z ##[group]Run docker/build-push-action@v6",
    "2026-01-01T00:00:00.0000000Z ##[endgroup]",
    "2026-01-01T00:00:01.0000000Z #9 3.141 a test prints a message of two lines",
    "denied: permission_denied: write_package",
    '2026-01-01T00:00:02.0000000Z ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 2',
    '2026-01-01T00:00:03.0000000Z ##[error]buildx failed with: ERROR: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 2',
  ].join("\n");
  expect(causeOf(log)).toBe("unknown");
});

function inColumns(job: string, lines: string[]): string[] {
  return lines.map((line) => `${job}\tUNKNOWN STEP\t2026-01-01T00:00:00.0000000Z ${line}`);
}

function tokenBlock(packages: string): string[] {
  return [
    "Current runner version: '2.331.0'",
    "##[group]GITHUB_TOKEN Permissions",
    "Contents: read",
    `Packages: ${packages}`,
    "##[endgroup]",
    "Secret source: Actions",
  ];
}

test("keeps the jobs of one file apart: each has its own token and its own failure", () => {
  const log = [
    ...inColumns("test", [
      ...tokenBlock("read"),
      "##[group]Run npm test",
      "npm test",
      "##[endgroup]",
      "ok",
    ]),
    ...inColumns("push", [
      ...tokenBlock("write"),
      "##[group]Run docker push ghcr.io/acme/app:1",
      "docker push ghcr.io/acme/app:1",
      "##[endgroup]",
      DENIED,
      "##[error]Process completed with exit code 1.",
    ]),
  ].join("\n");
  expect(diagnose({ log })).toMatchObject({ cause: "package-access" });
});

test("takes a log that was cut at both ends, or whose mark was read in another code page", () => {
  const lines = [
    "26-01-01T00:00:00.0000000Z rest of a line",
    "2026-01-01T00:00:01.0000000Z ##[group]Run docker push ghcr.io/acme/app:1",
    "2026-01-01T00:00:01.0000000Z docker push ghcr.io/acme/app:1",
    "2026-01-01T00:00:01.0000000Z ##[endgroup]",
    `2026-01-01T00:00:02.0000000Z ${DENIED}`,
    "2026-01-01T00:00:03.0000000Z ##[err",
  ];
  expect(diagnose({ log: lines.join("\r\n") })).toMatchObject({
    cause: "package-access",
    evidence: [{ line: 5 }],
  });
  const [, ...rest] = lines;
  for (const mark of ["\uFEFF", "ï»¿", "∩╗┐", "´╗┐"]) {
    expect(causeOf(mark + rest.join("\n"))).toBe("package-access");
  }
});

test("cuts a long quotation and says so", () => {
  const { evidence } = diagnose({ log: `${DENIED} ${"x".repeat(9_000)}` });
  expect(evidence[0]?.text.length).toBeLessThanOrEqual(300);
  expect(evidence[0]?.text.endsWith("…")).toBe(true);
});

test("finds the failure at the end of twenty megabytes, with its true line number", () => {
  const noise = "2026-01-01T00:00:00.0000000Z #5 1.234 compiling something\n".repeat(360_000);
  const started = process.cpuUsage();
  const { cause, evidence } = diagnose({ log: `${noise}2026-01-01T00:00:00.0000000Z ${DENIED}` });
  expect(cause).toBe("package-access");
  expect(evidence[0]?.line).toBe(360_001);
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(10_000);
}, 60_000);

test("takes fifty megabytes of a push that never stops complaining", () => {
  const line = "2026-01-01T00:00:00.0000000Z level=warning msg=some layer is denied, once more\n";
  const count = Math.ceil(50_000_000 / line.length);
  const head = "2026-01-01T00:00:00.0000000Z ##[group]Run docker push ghcr.io/acme/app:1\n";
  const end = "2026-01-01T00:00:00.0000000Z ##[endgroup]\n";
  const log = `${head}${end}${line.repeat(count)}2026-01-01T00:00:00.0000000Z ${DENIED}`;
  const { cause, evidence } = diagnose({ log });
  expect(cause).toBe("package-access");
  expect(evidence.map((quote) => quote.line)).toContain(count + 3);
}, 60_000);

test("stays linear on hostile lines", () => {
  const hostile = [
    "\u001B[1;".repeat(400_000),
    "failed to push ".repeat(100_000),
    `https://${"a/v2/".repeat(300_000)}`,
    `invalid tag "${"/".repeat(500_000)}`,
    "a\n".repeat(2_000_000),
    `${"docker login ".repeat(50)}${"-u ".repeat(200_000)}`,
    "The nested job '".repeat(100_000),
    `${" ".repeat(500_000)}denied`,
    "------\n > [x] RUN \n".repeat(50_000),
    "Run docker push x\n".repeat(50_000),
  ];
  for (const log of hostile) {
    const started = process.cpuUsage();
    diagnose({ log });
    // Time of this process alone: a busy machine is no finding.
    expect(process.cpuUsage(started).user / 1_000, log.slice(0, 20)).toBeLessThan(4_000);
  }
}, 60_000);

test("joins what a terminal broke, and not what stands below a line of that width", () => {
  expect(causeOf(`${"x".repeat(80)}\nEOF`)).toBe("registry-unavailable");
  const whole = `ERROR: failed to push ghcr.io/acme/application-of-ours:1: ${DENIED}`;
  const parts = [whole.slice(0, 80), whole.slice(80)];
  expect(diagnose({ log: ["first", ...parts].join("\n") }).evidence).toEqual([
    { line: 2, text: whole },
  ]);
  // At no terminal's width one long line is nothing; two of one width are.
  const odd = [whole.slice(0, 79), whole.slice(79)];
  expect(causeOf(odd.join("\n"))).toBe("unknown");
  expect(causeOf(["z".repeat(79), "", ...odd].join("\n"))).toBe("package-access");
});
