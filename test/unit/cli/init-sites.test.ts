/** The relay serves GitHub: a repository that is elsewhere is told so before anything is proposed. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseHost } from "../../../src/cli/git-repository.ts";
import { registerInit } from "../../../src/cli/init.ts";
import { runCommandLine } from "./run-command.ts";

/** A repository with these remotes, the first of which is `origin`. */
function makeRepository(...remotes: string[]): string {
  const directory = mkdtempSync(join(tmpdir(), "init-sites-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  execFileSync("git", ["init", "-q", directory]);
  for (const [index, url] of remotes.entries()) {
    const name = index === 0 ? "origin" : `mirror-${index}`;
    execFileSync("git", ["-C", directory, "remote", "add", name, url]);
  }
  return directory;
}

function init(directory: string, argv: string[] = [], env: Record<string, string> = {}) {
  return runCommandLine(registerInit, ["init", directory, "--yes", ...argv], { env });
}

function imageIn(directory: string): string {
  const text = readFileSync(join(directory, ".github/merge-relay.yml"), "utf8");
  return /image: "(\S+)"/.exec(text)?.[1] ?? "";
}

test.each([
  ["https://gitlab.com/acme/app.git", "gitlab.com"],
  ["git@bitbucket.org:acme/app.git", "bitbucket.org"],
  ["ssh://git@codeberg.org:22/acme/app", "codeberg.org"],
  ["https://somebody:secret@git.acme.example/acme/app", "git.acme.example"],
])("refuses a repository at %s, and says whom the relay serves", async (url, host) => {
  const directory = makeRepository(url);
  const { code, out, error } = await init(directory);
  expect([code, out]).toEqual([2, ""]);
  expect(error).toContain(`at ${host}, and the relay serves github.com.`);
  expect(error).toContain("git remote add github https://github.com/OWNER/NAME");
  expect(error).not.toContain("secret");
  expect(existsSync(join(directory, ".github"))).toBe(false);
});

test("takes another remote that is at GitHub, and proposes its name", async () => {
  const directory = makeRepository(
    "https://gitlab.com/group/other.git",
    "git@github.com:Acme/App.git",
  );
  expect(await init(directory)).toMatchObject({ code: 0, error: "" });
  expect(imageIn(directory)).toBe("ghcr.io/acme/app");
});

test.each([
  ["--github-url", ["--github-url", "https://github.acme.com"], {}],
  ["GITHUB_WEB_URL", [], { GITHUB_WEB_URL: "https://github.acme.com" }],
  ["GITHUB_API_URL", [], { GITHUB_API_URL: "https://github.acme.com/api/v3" }],
  ["GH_HOST", [], { GH_HOST: "github.acme.com" }],
])("takes a GitHub Enterprise that %s names, and its own registry", async (_, argv, env) => {
  const directory = makeRepository("git@github.acme.com:acme/app.git");
  expect(await init(directory, argv, env)).toMatchObject({ code: 0, error: "" });
  expect(imageIn(directory)).toBe("containers.github.acme.com/acme/app");
});

test.each([
  ["https://github.com/acme/app", "github.com"],
  ["https://www.github.com/acme/app", "github.com"],
  ["ssh://git@ssh.github.com:443/acme/app.git", "github.com"],
  ["git@GitHub.com:acme/app.git", "github.com"],
  ["https://acme.ghe.com/acme/app", "acme.ghe.com"],
  ["github-work:acme/app.git", null],
  ["git@github-work:acme/app.git", null],
  ["/srv/git/app.git", null],
  ["../app", null],
  ["file:///srv/a.b/app", null],
  ["C:/code/app", null],
])("reads the site of %s", (url, host) => {
  expect(parseHost(url)).toBe(host);
});
