import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { registerInit } from "../../../src/cli/init.ts";
import { runCommandLine } from "./run-command.ts";

const CONFIGURATION = ".github/merge-relay.yml";

async function makeRepository({ git = true, files = [] as readonly string[] } = {}) {
  const directory = await mkdtemp(join(tmpdir(), "init-notes-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  if (git) execFileSync("git", ["init", "-q", directory]);
  for (const path of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), "FROM scratch\n");
  }
  const run = (...argv: string[]) =>
    runCommandLine(registerInit, ["init", directory, "--yes", ...argv]);
  return { directory, run };
}

describe("init says what the files alone will not do", () => {
  test("that there is no Dockerfile", async () => {
    const { run } = await makeRepository();
    expect((await run()).out).toContain("There is no Dockerfile here.");
  });

  test("that the Dockerfiles are elsewhere, and where", async () => {
    const files = ["apps/web/Dockerfile", "apps/api/Dockerfile", "node_modules/x/Dockerfile"];
    const { run } = await makeRepository({ files });
    const { out } = await run();
    expect(out).toContain("There is apps/api/Dockerfile, apps/web/Dockerfile: name it");
    expect(JSON.parse((await run("--json")).out).notes).toHaveLength(1);
  });

  test("nothing where it is at the root, or the configuration names another", async () => {
    const { run } = await makeRepository({ files: ["Dockerfile", "apps/api/Dockerfile"] });
    expect((await run()).out).not.toContain("Mind");
    const named = await makeRepository({ files: ["app/Dockerfile"] });
    await mkdir(join(named.directory, ".github"));
    const text = "version: 1\nroutes:\n  - file: app/Dockerfile\n";
    await writeFile(join(named.directory, CONFIGURATION), text);
    expect((await named.run()).out).not.toContain("Mind");
  });

  test("for which platforms pull requests are not built", async () => {
    const { run } = await makeRepository({ files: ["Dockerfile"] });
    const { out } = await run("--platforms", "linux/amd64,linux/s390x,linux/arm/v7");
    expect(out).toContain(
      "Pull requests are built for linux/amd64: pull-request-image.yml has no runner for linux/s390x, linux/arm/v7,",
    );
    const none = await run("--platforms", "linux/386", "--force");
    expect(none.out).toContain("built for linux/amd64 and linux/arm64: ");
    expect((await run("--platforms", "linux/arm64", "--force")).out).not.toContain("Mind");
  });

  test("that the directory is no repository", async () => {
    const { run } = await makeRepository({ git: false, files: ["Dockerfile"] });
    expect((await run()).out).toContain("no git repository");
  });
});

test("init names a workflow that GitHub cannot read, rather than pass over it", async () => {
  const { directory, run } = await makeRepository({ files: ["Dockerfile"] });
  const path = ".github/workflows/ci.yml";
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), "on: [pull_request\njobs: :\n");
  const { out, code } = await run();
  expect(code).toBe(0);
  expect(out).toMatch(/ci\.yml:\d+ +workflow-syntax/);
});

test("init takes a configuration with Windows' line ends for what it is", async () => {
  const { directory, run } = await makeRepository({ files: ["Dockerfile"] });
  await run();
  const path = join(directory, CONFIGURATION);
  await writeFile(path, (await readFile(path, "utf8")).replaceAll("\n", "\r\n"));
  const { out, code } = await run();
  expect(code).toBe(0);
  expect(out).not.toContain("differs");
});

test("init shows only the lines that differ, whatever the line ends", async () => {
  const { directory, run } = await makeRepository({ files: ["Dockerfile"] });
  await run();
  const path = join(directory, ".github/workflows/pull-request-image.yml");
  const text = (await readFile(path, "utf8")).replace("Pull request image", "Mine");
  await writeFile(path, text.replaceAll("\n", "\r\n"));
  const { out } = await run();
  expect(out.split("\n").filter((line) => line.startsWith("-name"))).toHaveLength(1);
  expect(out.split("\n").filter((line) => /^-[^-]/.test(line))).toHaveLength(1);
});

test("init proposes no platform for an operating system alone", async () => {
  const { run } = await makeRepository();
  expect((await run("--platforms", "linux")).error).not.toContain("linux/linux");
  expect((await run("--platforms", "arm64")).error).toContain("perhaps linux/arm64");
});
