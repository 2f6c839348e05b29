import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What git knows of a directory; null for what it does not know, or where there is no git. */
export interface GitRepository {
  readonly isGit: boolean;
  /** `owner/name` of the remote, as it is written there. */
  readonly fullName: string | null;
  readonly defaultBranch: string | null;
  /** The root of the repository, if the directory lies somewhere below it. */
  readonly rootAbove: string | null;
}

/** Asks git about `origin`. Never fails: without git there is only nothing to propose. */
export async function readGitRepository(directory: string): Promise<GitRepository> {
  const [url, head, below, root] = await Promise.all([
    git(directory, "remote", "get-url", "origin"),
    git(directory, "symbolic-ref", "--short", "refs/remotes/origin/HEAD"),
    git(directory, "rev-parse", "--show-prefix"),
    git(directory, "rev-parse", "--show-toplevel"),
  ]);
  return {
    isGit: root !== null,
    fullName: url === null ? null : parseRemote(url),
    defaultBranch: head?.replace(/^origin\//, "") ?? null,
    rootAbove: below === null ? null : root,
  };
}

/** The repositories that the remotes of a directory name, each once. Empty where git knows none. */
export async function readRemotes(directory: string): Promise<string[]> {
  const listed = (await git(directory, "remote", "--verbose")) ?? "";
  const names = new Map<string, string>();
  for (const line of listed.split("\n")) {
    const name = parseRemote(/^\S+\t(\S+) \(fetch\)/.exec(line)?.[1] ?? "");
    // GitHub does not tell capital letters apart.
    if (name !== null) names.set(name.toLowerCase(), name);
  }
  return [...names.values()];
}

/** The `owner/name` in a remote's address: HTTPS, SSH, or git's short form. */
export function parseRemote(url: string): string | null {
  const path = /^(?:\w[\w+.-]*:\/\/[^/]+\/|[^/:]+:)(.+)$/.exec(url.trim())?.[1];
  return /^\/?([\w-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(path ?? "")?.[1] ?? null;
}

async function git(directory: string, ...args: string[]): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)("git", ["-C", directory, ...args], {
      timeout: 5000,
    });
    return stdout.trim() === "" ? null : stdout.trim();
  } catch {
    return null;
  }
}
