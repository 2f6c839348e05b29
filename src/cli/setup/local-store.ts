/** Settings of a local relay, in `.dev.vars`: readable by its owner only, and never half-written. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { CommandProblem } from "../command-problem.ts";
import { whyNotWritten } from "../why-not-written.ts";
import { changeEnvText, readEnvText } from "./env-text.ts";
import type { SettingsStore } from "./settings-store.ts";

export const VARS_FILE = ".dev.vars";
/** Ignored by git like the file itself, and on the same disk, so that a rename is atomic. */
const WORKSHOP = ".cache";

/** The store for a relay in that directory. */
export function createLocalStore(directory: string): SettingsStore {
  const file = join(directory, VARS_FILE);
  return {
    kind: "local",
    place: `in ${VARS_FILE}`,
    read: async () => readEnvText(await readOrEmpty(file)),
    names: async () => new Set(Object.keys(readEnvText(await readOrEmpty(file)))),
    async write(changes) {
      await needIgnored(directory);
      const text = changeEnvText(await readOrEmpty(file), changes);
      await writePrivately(join(directory, WORKSHOP), file, text);
      await wakeDevServer(directory);
    },
  };
}

/** `wrangler dev` watches its configuration and not `.dev.vars`, but reads both anew (4.155). */
async function wakeDevServer(directory: string): Promise<void> {
  const now = new Date();
  // Without that file nothing runs there that could be woken.
  await utimes(join(directory, "wrangler.toml"), now, now).catch(() => undefined);
}

/** The text of a file; empty where there is none. */
export async function readOrEmpty(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw new CommandProblem(`Cannot read ${file}.`);
  }
}

/** Writes a file that only its owner reads, whole or not at all: what was there stays until then. */
export async function writePrivately(workshop: string, file: string, text: string): Promise<void> {
  const draft = join(workshop, `draft-${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(workshop, { recursive: true });
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw new CommandProblem(`Cannot write ${file}: ${whyNotWritten(error)}`);
  }
}

/** Refuses to put secrets where the next commit would publish them. */
export async function needIgnored(directory: string): Promise<void> {
  for (const path of [VARS_FILE, `${WORKSHOP}/draft`]) {
    if ((await checkIgnore(directory, path)) === 1) {
      throw new CommandProblem(
        `${path} is not ignored by git, so the next commit could publish the secrets. ` +
          `Add \`${path.split("/")[0]}\` to .gitignore (and \`git rm --cached\` it, if it was committed), then run this again.`,
      );
    }
  }
}

/** 0: ignored, 1: not, 128: no repository (nothing is committed from there). */
function checkIgnore(directory: string, path: string): Promise<number> {
  return new Promise((resolve) => {
    execFile("git", ["-C", directory, "check-ignore", "-q", path], (error) => {
      resolve(error === null ? 0 : typeof error.code === "number" ? error.code : 128);
    });
  });
}
