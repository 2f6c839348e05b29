import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findRepository, splitArguments } from "../../../../src/cli/api/named-repository.ts";

/** A directory with a git repository that has these remotes. */
async function makeClone(remotes: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "remotes-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  execFileSync("git", ["init", "--quiet", directory]);
  for (const [name, url] of Object.entries(remotes)) {
    execFileSync("git", ["-C", directory, "remote", "add", name, url]);
  }
  return directory;
}

test("takes the repository that the remotes agree on", async () => {
  const directory = await makeClone({
    origin: "git@github.com:acme/app.git",
    mirror: "https://github.com/Acme/App",
  });
  expect((await findRepository(undefined, directory)).toLowerCase()).toBe("acme/app");
  expect(await findRepository("https://github.com/other/one.git", directory)).toBe("other/one");
});

test("asks which one where a fork has two, or there is none", async () => {
  const fork = await makeClone({
    origin: "git@github.com:mia/app.git",
    upstream: "git@github.com:acme/app.git",
  });
  await expect(findRepository(undefined, fork)).rejects.toThrow("acme/app");
  await expect(findRepository(undefined, fork)).rejects.toThrow("mia/app");
  await expect(findRepository(undefined, await makeClone({}))).rejects.toThrow("OWNER/NAME");
  await expect(findRepository("nonsense", fork)).rejects.toThrow("OWNER/NAME");
});

test("takes what is named last, and a repository before it", () => {
  expect(splitArguments(["12"], "a number")).toEqual({ repository: undefined, last: "12" });
  expect(splitArguments(["acme/app", "12"], "a number").repository).toBe("acme/app");
  expect(() => splitArguments(["acme/app", "12", "13"], "a number")).toThrow("too many");
});
