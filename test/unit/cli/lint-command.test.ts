import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { registerLint } from "../../../src/cli/lint.ts";
import { build, workflow } from "../lint/lint-one.ts";
import { runCommandLine } from "./run-command.ts";

async function makeRepository(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lint-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, ".github/workflows"), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(directory, ".github/workflows", name), text);
  }
  return directory;
}

const BAD = workflow({ steps: build("true") });
const GOOD = workflow({ steps: build("false") });

function lint(...argv: string[]) {
  return runCommandLine(registerLint, ["lint", ...argv]);
}

test("exits with 1 and says where, what, why and what to do", async () => {
  const directory = await makeRepository({ "a.yml": BAD, "b.yaml": GOOD, "c.txt": BAD });
  const { code, out } = await lint(directory);
  expect(code).toBe(1);
  expect(out).toContain("a.yml:7:15  error  push-from-pull-request");
  expect(out).toContain("why");
  expect(out).toContain("2 workflows read: 1 error, 0 warnings.");
  expect(out).not.toContain("\u001B");
});

test("exits with 0 where nothing is found", async () => {
  const { code, out } = await lint(await makeRepository({ "b.yml": GOOD }));
  expect([code, out]).toEqual([0, "1 workflow read: nothing found.\n"]);
});

test("takes a repository, its workflows' directory, and a file", async () => {
  const directory = await makeRepository({ "a.yml": BAD });
  for (const path of ["", ".github/workflows", ".github/workflows/a.yml"]) {
    const { findings } = JSON.parse((await lint("--json", join(directory, path))).out) as {
      findings: { rule: string }[];
    };
    expect(findings.map(({ rule }) => rule)).toEqual(["push-from-pull-request"]);
  }
});

test("gives SARIF with paths from the repository's root", async () => {
  const directory = await makeRepository({ "a.yml": BAD });
  const { code, out } = await lint("--format", "sarif", directory);
  expect(code).toBe(1);
  expect(out).toContain('"uri": ".github/workflows/a.yml"');
});

test("is told apart from a clean repository where it finds no workflow, or no path", async () => {
  const empty = await makeRepository({});
  const nothing = await lint(empty);
  expect([nothing.code, nothing.out]).toEqual([1, ""]);
  expect(nothing.error).toContain("no workflow");
  expect(await lint(join(empty, "none"))).toMatchObject({ code: 1, out: "" });
  expect(await lint("--format", "xml", empty)).toMatchObject({ code: 2, out: "" });
});

test("lets no control character of a file's name or text reach the terminal", async () => {
  const steps = "- run: echo ${{ github.event.issue.title || '\\e[31m' }}\n";
  const text = workflow({ on: "push", steps }).replaceAll("\\e", "\u001B");
  const { out } = await lint(await makeRepository({ "a\u001B[2J.yml": text }));
  expect(out).not.toContain("\u001B");
});

test("reads the repository's own actions that are used, and nothing outside it", async () => {
  const steps = "- uses: ./.github/actions/push\n- uses: ./../outside\n";
  const directory = await makeRepository({ "a.yml": workflow({ steps }) });
  const folder = join(directory, ".github/actions/push");
  await mkdir(folder, { recursive: true });
  const action = `name: Push\nruns:\n  using: composite\n  steps:\n${build("true").replaceAll(/^(?=.)/gm, "    ")}`;
  await writeFile(join(folder, "action.yaml"), action);
  const { code, out } = await lint(directory);
  expect(code).toBe(1);
  expect(out).toContain(".github/actions/push/action.yaml:6:13  error  push-from-pull-request");
  expect(out).toContain("1 workflow read: 1 error");
});
