import { readFile } from "node:fs/promises";
import { CommandProblem } from "./command-problem.ts";
import { placeWithin } from "./place-within.ts";
import type { StartingFile } from "./starting-files.ts";

/** A file as it should be, beside what is there. */
export interface PlannedFile extends StartingFile {
  readonly state: "new" | "same" | "different";
  /** Null where there is none. */
  readonly before: string | null;
}

/** Compares the files with a directory. Line ends of Windows make no difference. */
export async function planFiles(
  directory: string,
  files: readonly StartingFile[],
): Promise<PlannedFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const before = await readOrNull(await placeWithin(directory, file.path));
      if (before === null) return { ...file, before, state: "new" as const };
      const isSame = toUnixLines(before) === toUnixLines(file.text);
      return { ...file, before, state: isSame ? ("same" as const) : ("different" as const) };
    }),
  );
}

function toUnixLines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/** A file's text; null where there is none. What is there and cannot be read is a problem. */
export async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT") return null;
    const reason =
      code === "EISDIR" ? "it is a directory" : code === "ENOTDIR" ? "a file is in the way" : code;
    throw new CommandProblem(`Cannot read “${path}”: ${reason}.`);
  }
}
