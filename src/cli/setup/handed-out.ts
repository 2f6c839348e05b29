/**
 * What GitHub hands out once, kept before anything else is done with it: the code for a new App's key,
 * then the answer with the key. Private to its owner, ignored by git, and gone once the settings have it.
 */
import { constants } from "node:fs";
import { lstat, open, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { CommandProblem } from "../command-problem.ts";
import { writePrivately } from "./local-store.ts";

export interface HandedOut {
  readonly apiUrl: string;
  readonly code: string;
  /** GitHub's answer to the code, as it came; null while there is none. */
  readonly answer: string | null;
}

const schema = v.object({
  apiUrl: v.string(),
  code: v.string(),
  answer: v.nullable(v.string()),
});

const WORKSHOP = ".cache";
const FILE = join(WORKSHOP, "merge-relay-new-app");
/** Taken on the disk before GitHub is asked, so that its answer fits even if the disk fills up. */
const RESERVED_BYTES = 16 * 1024;

/** Keeps it, over what was there. Fails with a `CommandProblem`. */
export async function keepHandedOut(directory: string, held: HandedOut): Promise<void> {
  const text = JSON.stringify(held).padEnd(RESERVED_BYTES);
  const file = join(directory, FILE);
  await needOwn(join(directory, WORKSHOP), "directory");
  try {
    await writePrivately(join(directory, WORKSHOP), file, text);
  } catch (problem) {
    // A full disk takes no second file, but the place of the first one is ours already.
    if (held.answer === null || !(await overwrite(file, text))) throw problem;
  }
}

/** What an earlier run was given and did not bring to an end; null where there is nothing. */
export async function readHandedOut(directory: string): Promise<HandedOut | null> {
  const file = join(directory, FILE);
  if (!(await needOwn(join(directory, WORKSHOP), "directory"))) return null;
  if (!(await needOwn(file, "file"))) return null;
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const parsed = v.safeParse(schema, JSON.parse(await handle.readFile("utf8")));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

/** The settings have it, or it is worth nothing. */
export function forgetHandedOut(directory: string): Promise<void> {
  return rm(join(directory, FILE), { force: true });
}

async function overwrite(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, constants.O_WRONLY | constants.O_NOFOLLOW);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch {
    return false;
  }
}

/** Whoever could plant an App there would own the relay. False where there is nothing. */
async function needOwn(path: string, kind: "file" | "directory"): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return false;
  const isKind = kind === "file" ? found.isFile() : found.isDirectory();
  const owner = process.getuid?.() ?? found.uid;
  if (isKind && found.uid === owner) return true;
  throw new CommandProblem(
    `“${path}” ${isKind ? "belongs to another user" : `is no plain ${kind}`}, so it is not trusted with an App's key. Look at what it is, remove it, and run this again: nothing was changed.`,
  );
}
