import { execFileSync } from "node:child_process";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseRemote } from "../../../src/cli/git-repository.ts";
import { registerInit } from "../../../src/cli/init.ts";
import { renderConfiguration } from "../../../src/cli/starting-configuration.ts";
import { keepPlatforms } from "../../../src/cli/starting-files.ts";
import { parseConfiguration } from "../../../src/domain/configuration.ts";
import { findBreaches } from "../../gates/workflow-rules.ts";
import { lint } from "../lint/lint-one.ts";
import { type Printed, runCommandLine } from "./run-command.ts";

const CONFIGURATION = ".github/merge-relay.yml";
const PUBLISH = ".github/workflows/publish-image.yml";
const PULL_REQUEST = ".github/workflows/pull-request-image.yml";
const SOURCES = join(import.meta.dirname, "../../../src/workflows");

interface Place {
  readonly directory: string;
  run(...argv: string[]): Promise<Printed>;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
}

/** A directory of its own; `remote` makes it a git repository. */
async function makeRepository(
  remote: string | null = "https://github.com/Acme/App.git",
): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "init-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  if (remote !== null) {
    execFileSync("git", ["init", "-q", directory]);
    execFileSync("git", ["-C", directory, "remote", "add", "origin", remote]);
  }
  return {
    directory,
    run: (...argv) => runCommandLine(registerInit, ["init", directory, ...argv]),
    read: (path) => readFile(join(directory, path), "utf8"),
    async write(path, text) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    },
  };
}

async function namesIn(directory: string): Promise<string[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(`${directory}/.git/`))
    .map(({ name }) => name)
    .filter((name) => /merge-relay|image/.test(name))
    .toSorted();
}

test("writes the three files, with an image named after the remote, and explains each", async () => {
  const place = await makeRepository();
  const { code, out, error } = await place.run("--yes");
  expect([code, error]).toEqual([0, ""]);
  expect(await namesIn(place.directory)).toEqual([
    "merge-relay.yml",
    "publish-image.yml",
    "pull-request-image.yml",
  ]);
  expect(await place.read(CONFIGURATION)).toContain('image: "ghcr.io/acme/app"');
  expect(await place.read(PUBLISH)).toBe(
    await readFile(join(SOURCES, "publish-image.yml"), "utf8"),
  );
  for (const part of ["+version: 1", "written", "which merges become an image", "Next"]) {
    expect(out).toContain(part);
  }
  expect(out).not.toContain("\u001B");
});

test("is repeatable: the second time everything is unchanged", async () => {
  const place = await makeRepository();
  await place.run("--yes");
  const { code, out } = await place.run();
  expect(code).toBe(0);
  expect(out.match(/^unchanged/gm)).toHaveLength(3);
  expect(out).not.toContain("+++");
});

test("keeps what differs, shows how, and exits with 1", async () => {
  const place = await makeRepository();
  await place.run("--yes");
  await place.write(PUBLISH, "on: push\n# mine\n");
  const { code, out } = await place.run("--yes");
  expect(code).toBe(1);
  expect(out).toContain("-# mine");
  expect(out).toContain("--force replaces it");
  expect(await place.read(PUBLISH)).toBe("on: push\n# mine\n");
  const forced = await place.run("--yes", "--force");
  expect(forced.code).toBe(0);
  expect(await place.read(PUBLISH)).toContain("name: Publish image");
});

test("keeps a configuration that is there, unless an option asks for another", async () => {
  const place = await makeRepository();
  const mine = "version: 1\nroutes:\n  - platforms: [linux/amd64]\n";
  await place.write(CONFIGURATION, mine);
  expect((await place.run("--yes")).code).toBe(0);
  expect(await place.read(CONFIGURATION)).toBe(mine);
  expect(await place.read(PULL_REQUEST)).not.toContain("linux/arm64");
  const other = await place.run("--yes", "--image", "quay.io/acme/app");
  expect(other.code).toBe(1);
  expect(other.out).toContain("+    image:");
  expect((await place.run("--yes", "--image", "quay.io/acme/app", "--force")).code).toBe(0);
  expect(await place.read(CONFIGURATION)).toContain("quay.io");
});

test("names the mistake in a configuration that cannot be used, and writes nothing", async () => {
  const place = await makeRepository();
  await place.write(CONFIGURATION, "version: 1\nroutes:\n  - imag: ghcr.io/acme/app\n");
  const { code, error } = await place.run("--yes");
  expect(code).toBe(1);
  expect(error).toContain("line 3");
  expect(await namesIn(place.directory)).toEqual(["merge-relay.yml"]);
});

test("refuses a platform that the workflow that it brings cannot build, at its line", async () => {
  const place = await makeRepository();
  const ours = "version: 1\nroutes:\n  - platforms: [linux/amd64, linux/aarch64]\n";
  await place.write(CONFIGURATION, ours);
  const { code, error } = await place.run("--yes");
  expect(code).toBe(1);
  expect(error).toContain("line 3: “linux/aarch64”");
  expect(error).toContain("perhaps linux/arm64");
  expect(await namesIn(place.directory)).toEqual(["merge-relay.yml"]);
  await place.write(CONFIGURATION, `${ours}    workflow: mine.yml\n`);
  expect((await place.run("--yes")).code).toBe(0);
});

test("never waits for an answer without a terminal: it names the options, and writes nothing", async () => {
  const place = await makeRepository();
  const { code, error } = await place.run();
  expect(code).toBe(2);
  expect(error).toContain("--image NAME, or --yes");
  const half = await place.run(
    "--image",
    "ghcr.io/acme/app",
    "--platforms",
    "linux/amd64",
    "--branches",
    "",
  );
  expect(half.code).toBe(2);
  expect(half.error).toContain("--yes");
  expect(await namesIn(place.directory)).toEqual([]);
});

test("writes nothing in a dry run", async () => {
  const place = await makeRepository();
  const { code, out } = await place.run("--yes", "--dry-run", "--full");
  expect(code).toBe(0);
  expect(out).toContain("would be written");
  expect(out).not.toContain("more lines");
  expect(await namesIn(place.directory)).toEqual([]);
});

test("leaves the image to the relay where git knows no remote", async () => {
  const place = await makeRepository(null);
  expect((await place.run("--yes")).code).toBe(0);
  const parsed = parseConfiguration(await place.read(CONFIGURATION));
  expect(parsed).toMatchObject({ configuration: { routes: [{ image: null, branches: null }] } });
});

describe("refuses", () => {
  test.each([
    ["--image", "ghcr.io/Acme/App", "capital"],
    ["--image", "ghcr.io/acme/app:latest", "tag"],
    ["--image", "app", "registry host"],
    ["--platforms", "arm64", "platform"],
    ["--platforms", "", "empty"],
    ["--platforms", "linux/foo", "it builds linux/amd64, linux/arm64"],
    ["--platforms", "linux/amd64,windows/amd64", "perhaps linux/amd64"],
    ["--branches", "-x", "--branches"],
    ["--branches", "a..b", "--branches"],
  ])("%s “%s” in the configuration's own words", async (option, value, word) => {
    const place = await makeRepository();
    const { code, error } = await place.run("--yes", `${option}=${value}`);
    expect(code).toBe(2);
    expect(error).toContain(word);
    expect(await namesIn(place.directory)).toEqual([]);
  });

  test("merge-relay's own directory, and what is no directory", async () => {
    const root = join(import.meta.dirname, "../../..");
    const own = await runCommandLine(registerInit, ["init", root, "--yes", "--dry-run"]);
    expect([own.code, own.error.includes("Name your repository")]).toEqual([2, true]);
    const none = await runCommandLine(registerInit, ["init", join(root, "none"), "--yes"]);
    expect([none.code, none.error.includes("not a directory")]).toEqual([1, true]);
  });

  test("a directory below a repository's root, and names the root", async () => {
    const place = await makeRepository();
    await place.write("docker/Dockerfile", "FROM scratch\n");
    const below = join(place.directory, "docker");
    const { code, error } = await runCommandLine(registerInit, ["init", below, "--yes"]);
    expect(code).toBe(2);
    expect(error).toContain(`merge-relay init ${await realpath(place.directory)}`);
    expect(await namesIn(place.directory)).toEqual([]);
  });

  test("to write where a file is in the way, in a sentence", async () => {
    const place = await makeRepository();
    await place.write(".github", "a file\n");
    const { code, error } = await place.run("--yes");
    expect(code).toBe(1);
    expect(error).toContain("in the way");
  });
});

test("takes over what an interrupted run left, and follows no link", async () => {
  const place = await makeRepository();
  await place.write(".github/.merge-relay.yml.merge-relay-new", "half");
  await place.write("elsewhere.txt", "untouched\n");
  await symlink(
    join(place.directory, "elsewhere.txt"),
    join(place.directory, CONFIGURATION + ".link"),
  );
  await mkdir(join(place.directory, ".github/workflows"), { recursive: true });
  const temporary = join(place.directory, ".github/workflows/.publish-image.yml.merge-relay-new");
  await symlink(join(place.directory, "elsewhere.txt"), temporary);
  expect((await place.run("--yes")).code).toBe(0);
  expect(await place.read("elsewhere.txt")).toBe("untouched\n");
  expect(
    (await readdir(join(place.directory, ".github"))).filter((name) => name.endsWith("-new")),
  ).toEqual([]);
});

test("says what to change in the workflows that are there", async () => {
  const place = await makeRepository();
  const steps =
    "    steps:\n      - uses: docker/build-push-action@v6\n        with: { push: true, tags: a/b:1 }\n";
  await place.write(
    ".github/workflows/old.yml",
    `on: pull_request\njobs:\n  image:\n    runs-on: x\n${steps}`,
  );
  await place.write(
    ".github/workflows/label.yml",
    'on: pull_request_target\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: "true" }]\n',
  );
  const { out } = await place.run("--yes");
  expect(out).toContain("old.yml:6");
  expect(out).toContain("push-from-pull-request");
  expect(out).toContain("label.yml:1");
  const json = JSON.parse((await place.run("--yes", "--json")).out) as Record<string, unknown[]>;
  expect(json["files"]).toHaveLength(3);
  expect(json["findings"]?.length).toBeGreaterThan(0);
  expect(json["targetTriggers"]).toHaveLength(1);
});

test("its configuration means what was answered", () => {
  const text = renderConfiguration({
    image: "ghcr.io/acme/app",
    platforms: ["linux/arm64"],
    branches: ["main", "release/*"],
  });
  expect(parseConfiguration(text)).toMatchObject({
    kind: "valid",
    configuration: {
      routes: [
        {
          name: "image",
          on: ["merge"],
          image: "ghcr.io/acme/app",
          platforms: ["linux/arm64"],
          branches: ["main", "release/*"],
        },
      ],
    },
  });
});

test("every line that its configuration offers in a comment can be taken", () => {
  let text = renderConfiguration({ image: null, platforms: ["linux/amd64"], branches: null });
  text = text
    .replace("    on: [merge]\n", "")
    .replaceAll(/^ {4}# (?=[a-z]+: [["{a-z].*$)(?!merge:)/gm, "    ");
  const parsed = parseConfiguration(text);
  expect(parsed).toMatchObject({ kind: "valid" });
  expect(parsed).toMatchObject({ configuration: { routes: [{ tags: ["v*"], context: "app" }] } });
});

test("its workflow for pull requests stays sound for fewer platforms", async () => {
  const whole = await readFile(join(SOURCES, "pull-request-image.yml"), "utf8");
  const one = keepPlatforms(whole, ["linux/arm64"]);
  expect(one).toContain("linux/arm64");
  expect(one).not.toContain("linux/amd64");
  expect(findBreaches("pull-request-image", one)).toEqual([]);
  expect(lint(one)).toEqual([]);
  expect(keepPlatforms(whole, ["linux/s390x"])).toBe(whole);
});

test.each([
  ["https://github.com/Acme/App.git", "Acme/App"],
  ["https://user@github.com/acme/app", "acme/app"],
  ["git@github.com:acme/app.git", "acme/app"],
  ["ssh://git@github.com:22/acme/app.js.git", "acme/app.js"],
  ["/srv/git/app.git", null],
  ["https://example.com/group/sub/app.git", null],
])("reads the remote %s", (url, name) => {
  expect(parseRemote(url)).toBe(name);
});
