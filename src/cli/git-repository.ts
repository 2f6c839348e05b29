import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What git knows of a directory; null for what it does not know, or where there is no git. */
export interface GitRepository {
  readonly isGit: boolean;
  /** `owner/name` of the remote, as it is written there. */
  readonly fullName: string | null;
  /** The site of that remote; null where its address names none, such as an alias of SSH's. */
  readonly host: string | null;
  /** The site of the first remote, where none of them is at a site that counts. */
  readonly foreignHost: string | null;
  readonly defaultBranch: string | null;
  /** The root of the repository, if the directory lies somewhere below it. */
  readonly rootAbove: string | null;
}

/**
 * Asks git about `origin`, or about the first other remote that is at one of these sites where `origin`
 * is not. Never fails: without git there is only nothing to propose.
 */
export async function readGitRepository(
  directory: string,
  sites: readonly string[],
): Promise<GitRepository> {
  const [listed, below, root] = await Promise.all([
    listRemotes(directory),
    git(directory, "rev-parse", "--show-prefix"),
    git(directory, "rev-parse", "--show-toplevel"),
  ]);
  const remotes = [...listed.filter(isOrigin), ...listed.filter((each) => !isOrigin(each))];
  const remote = remotes.find(({ host }) => host === null || sites.includes(host));
  const head = `refs/remotes/${remote?.name ?? "origin"}/`;
  const branch = await git(directory, "symbolic-ref", `${head}HEAD`);
  return {
    isGit: root !== null,
    fullName: remote === undefined ? null : parseRemote(remote.url),
    host: remote?.host ?? null,
    foreignHost: remote === undefined ? (remotes[0]?.host ?? null) : null,
    defaultBranch: branch?.startsWith(head) === true ? branch.slice(head.length) : null,
    rootAbove: below === null ? null : root,
  };
}

function isOrigin({ name }: Remote): boolean {
  return name === "origin";
}

interface Remote {
  readonly name: string;
  readonly url: string;
  readonly host: string | null;
}

async function listRemotes(directory: string): Promise<Remote[]> {
  const listed = (await git(directory, "remote", "--verbose")) ?? "";
  return listed.split("\n").flatMap((line) => {
    const [, name = "", url] = /^(\S+)\t(\S+) \(fetch\)/.exec(line) ?? [];
    return url === undefined ? [] : [{ name, url, host: parseHost(url) }];
  });
}

/** The repositories that the remotes of a directory name, each once. Empty where git knows none. */
export async function readRemotes(directory: string): Promise<string[]> {
  const names = new Map<string, string>();
  for (const { url } of await listRemotes(directory)) {
    const name = parseRemote(url);
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

/** The site in a remote's address; null for a path, and for a name without a dot, which is an alias. */
export function parseHost(url: string): string | null {
  const [, whole, short] =
    /^(?:\w[\w+.-]*:\/\/(?:[^@/]*@)?([^:/]+)|(?:[^@/:]+@)?([^@/:]+):)/.exec(url.trim()) ?? [];
  const host = (whole ?? short ?? "").toLowerCase().replace(/^(?:www|ssh)\.(?=github\.com$)/, "");
  return host.includes(".") ? host : null;
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
