/** A single file is judged as a part of its repository: with what it calls, and by who calls it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { registerLint } from "../../../src/cli/lint.ts";
import { build, workflow } from "../lint/lint-one.ts";
import { runCommandLine } from "./run-command.ts";

function makeRepository(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "lint-file-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

/** The findings by the end of their file's path. */
async function lintFile(directory: string, path: string) {
  const { out } = await runCommandLine(registerLint, ["lint", "--json", join(directory, path)]);
  const { findings, files } = JSON.parse(out) as {
    files: number;
    findings: { rule: string; file: string }[];
  };
  const found = findings.map(({ rule, file }) => `${file.split("/").at(-1)} ${rule}`);
  return { found, files };
}

const HERE = ".github/workflows";
const PUSH = "push-from-pull-request";
const BAD = workflow({ steps: build("true") });
const action = (steps: string): string =>
  `name: a\nruns:\n  using: composite\n  steps:\n${steps.replace(/^/gm, "    ")}\n`;
const calls = (name: string): string =>
  `on: pull_request\npermissions: {}\njobs:\n  call:\n    permissions:\n      contents: read\n      packages: write\n    uses: ./${HERE}/${name}\n`;
const CALLED = BAD.replace(/^on: .*$/m, "on: workflow_call");

const REPOSITORY = {
  [`${HERE}/caller.yml`]: calls("called.yml"),
  [`${HERE}/called.yml`]: CALLED,
  [`${HERE}/other.yml`]: BAD,
  [`${HERE}/broken.yml`]: "on: push\njobs: [\n",
};

test("follows a reusable workflow that the file calls, and tells of no other file", async () => {
  const directory = makeRepository(REPOSITORY);
  const { found, files } = await lintFile(directory, `${HERE}/caller.yml`);
  expect(found).toEqual([`called.yml ${PUSH}`]);
  expect(files).toBe(2);
});

test("judges a called file by its callers, and tells of itself alone", async () => {
  const directory = makeRepository(REPOSITORY);
  expect(await lintFile(directory, `${HERE}/called.yml`)).toEqual({
    found: [`called.yml ${PUSH}`],
    files: 1,
  });
});

test("follows the repository's own actions, and judges one of them by who uses it", async () => {
  const steps = "- uses: actions/checkout@v4\n- uses: ./build\n";
  const directory = makeRepository({
    [`${HERE}/uses.yml`]: workflow({ steps }),
    [`${HERE}/other.yml`]: BAD,
    "build/action.yml": action(build("true")),
    "templates/uses.yml": workflow({ steps: steps.replace("./build", "./rare") }),
    "rare/action.yml": action(build("true")),
  });
  expect((await lintFile(directory, "templates/uses.yml")).found).toEqual([`action.yml ${PUSH}`]);
  const told = [`action.yml ${PUSH}`];
  expect((await lintFile(directory, `${HERE}/uses.yml`)).found).toEqual(told);
  expect((await lintFile(directory, "build/action.yml")).found).toEqual(told);
});

test("finds the repository above a file that is not among the workflows", async () => {
  const directory = makeRepository({
    ...REPOSITORY,
    "templates/new/caller.yml": calls("called.yml"),
  });
  const { found } = await lintFile(directory, "templates/new/caller.yml");
  expect(found).toEqual([`called.yml ${PUSH}`]);
});

test("a file that lies in no repository stands alone", async () => {
  const directory = makeRepository({ "alone.yml": BAD });
  expect(await lintFile(directory, "alone.yml")).toEqual({
    found: [`alone.yml ${PUSH}`],
    files: 1,
  });
});

test("calls in a circle come to an end", async () => {
  const directory = makeRepository({
    [`${HERE}/a.yml`]: calls("b.yml"),
    [`${HERE}/b.yml`]: calls("a.yml"),
  });
  expect((await lintFile(directory, `${HERE}/a.yml`)).files).toBe(2);
});
