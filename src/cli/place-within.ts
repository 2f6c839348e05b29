import { lstat, readlink, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { CommandProblem } from "./command-problem.ts";

/**
 * Where a file of the directory really is, symbolic links followed as long as they stay within it. One
 * that leads out of it, into git's own files, or nowhere is a `CommandProblem` that names it: whoever
 * wrote the repository must not decide which other file of this machine is read or written.
 */
export async function placeWithin(directory: string, path: string): Promise<string> {
  const root = await realpath(directory);
  const parts = path.split("/");
  let place = root;
  for (const [index, part] of parts.entries()) {
    place = join(place, part);
    if (!(await isLink(place))) continue;
    const target = await realpath(place).catch(() => null);
    if (target === null || !isWithin(root, target)) {
      throw await refuse(place, parts.slice(0, index + 1).join("/"), target);
    }
    place = target;
  }
  return place;
}

/** What cannot be looked at is no link; reading it says why. */
async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

function isWithin(root: string, target: string): boolean {
  const way = relative(root, target);
  const [first = ""] = way.split(sep);
  return !isAbsolute(way) && first !== ".." && first.toLowerCase() !== ".git";
}

async function refuse(place: string, link: string, target: string | null): Promise<CommandProblem> {
  const to = target ?? (await readlink(place).catch(() => "an unknown place"));
  const where = target === null ? "leads nowhere" : "leads out of the repository";
  return new CommandProblem(
    `“${link}” is a symbolic link that ${where} (to “${to}”), so nothing was written. GitHub reads these files in the repository itself: remove the link (rm ${link}), put a real file or directory in its place, and run this again.`,
  );
}
