/** A rotation that is under way: what the second half needs, kept privately and then deleted. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { changeEnvText, readEnvText } from "../setup/env-text.ts";
import { readOrEmpty, writePrivately } from "../setup/local-store.ts";

const WORKSHOP = ".cache";
const FILE = join(WORKSHOP, "merge-relay-rotation");

/** What is kept; empty when nothing is under way. */
export async function readPending(directory: string): Promise<Record<string, string>> {
  return readEnvText(await readOrEmpty(join(directory, FILE)));
}

/** Keeps values (or, by null, forgets them). */
export async function keepPending(
  directory: string,
  changes: Readonly<Record<string, string | null>>,
): Promise<void> {
  const file = join(directory, FILE);
  const text = changeEnvText(await readOrEmpty(file), changes);
  if (text === "") return rm(file, { force: true });
  return writePrivately(join(directory, WORKSHOP), file, text);
}
