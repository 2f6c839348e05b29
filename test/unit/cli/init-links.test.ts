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
import { registerInit } from "../../../src/cli/init.ts";
import { runCommandLine } from "./run-command.ts";

const CONFIGURATION = ".github/merge-relay.yml";
const PUBLISH = ".github/workflows/publish-image.yml";

/** A repository, and beside it a directory of somebody else's. */
async function makePlaces() {
  const around = await mkdtemp(join(tmpdir(), "init-links-"));
  onTestFinished(() => rm(around, { recursive: true, force: true }));
  const directory = join(around, "app");
  const outside = join(around, "outside");
  await mkdir(outside);
  execFileSync("git", ["init", "-q", directory]);
  await writeFile(join(outside, "mine.yml"), "mine: true\n");
  return {
    directory,
    outside,
    link: async (path: string, target: string) => {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await symlink(target, join(directory, path));
    },
    run: (...argv: string[]) => runCommandLine(registerInit, ["init", directory, ...argv]),
  };
}

const namesBelow = async (directory: string) =>
  (await readdir(directory, { recursive: true })).filter((name) => !name.startsWith(".git/"));

describe("init follows no link out of the repository", () => {
  test.each<[path: string, target: string, isThere?: boolean]>([
    [".github", "../outside"],
    [".github/workflows", "../../outside"],
    [CONFIGURATION, "../../outside/mine.yml"],
    [PUBLISH, "../../../outside/mine.yml"],
    [".github/workflows/pull-request-image.yml", "../../../outside/new.yml", false],
    [PUBLISH, "/nowhere/at/all.yml", false],
    [".github", ".git"],
    [PUBLISH, "../../.git/config"],
  ])(
    "%s to %s: names the link, says what to do, writes nothing",
    async (path, target, isThere = true) => {
      const { directory, outside, link, run } = await makePlaces();
      await link(path, target);
      const before = await namesBelow(directory);
      const { code, out, error } = await run("--yes", "--force");
      expect([code, out]).toEqual([1, ""]);
      const where = isThere ? "out of the repository" : "nowhere";
      expect(error).toContain(`“${path}” is a symbolic link that leads ${where} (to “`);
      const to = isThere ? await realpath(join(directory, path)) : target;
      expect(error).toContain(isThere ? `(to “${to}”)` : to);
      expect(error).toContain(`rm ${path}`);
      expect(await namesBelow(directory)).toEqual(before);
      expect(await readdir(outside)).toEqual(["mine.yml"]);
      expect(await readFile(join(outside, "mine.yml"), "utf8")).toBe("mine: true\n");
    },
  );

  test("says so before it asks anything, and in a dry run", async () => {
    const { outside, link, run } = await makePlaces();
    await link(".github", outside);
    expect((await run()).error).toContain("symbolic link");
    const json = await run("--dry-run", "--yes", "--json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false });
  });

  test("but follows those that stay within it, and leaves them links", async () => {
    const { directory, link, run } = await makePlaces();
    await mkdir(join(directory, "ci"));
    await writeFile(join(directory, "ci/publish.yml"), "on: push\n");
    await link(".github", "ci");
    await link("ci/workflows/publish-image.yml", "../publish.yml");
    expect((await run("--yes", "--force")).code).toBe(0);
    expect(await readFile(join(directory, "ci/publish.yml"), "utf8")).toContain("Publish image");
    expect(await readdir(join(directory, "ci"))).toEqual([
      "merge-relay.yml",
      "publish.yml",
      "workflows",
    ]);
    const again = await run("--yes");
    expect(again.out.match(/^unchanged/gm)).toHaveLength(3);
  });

  test("and takes a repository that is itself named by a link", async () => {
    const { directory, outside } = await makePlaces();
    await symlink(directory, join(outside, "app"));
    const argv = ["init", join(outside, "app"), "--yes"];
    expect((await runCommandLine(registerInit, argv)).code).toBe(0);
  });
});
