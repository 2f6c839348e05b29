import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CommandProblem } from "./command-problem.ts";
import { whyNotWritten } from "./why-not-written.ts";

/**
 * Puts a file in its place at once, or not at all: an interruption leaves the old file whole. What an
 * interrupted run left beside it is taken over by the next one.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.merge-relay-new`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await rm(temporary, { force: true });
    // `wx`: a link that somebody put there is not followed.
    const file = await open(temporary, "wx", 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new CommandProblem(`Cannot write “${path}”: ${whyNotWritten(error)}`);
  }
}
