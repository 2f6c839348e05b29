import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { WorkflowFile } from "../doctor/lint/lint.ts";
import { CommandProblem } from "./command-problem.ts";

const FOLDER = join(".github", "workflows");
/** No repository has so many; it keeps a wrong path from being read for minutes. */
const MAX_FILES = 1000;

/**
 * The workflows of a repository's directory (or of its `.github/workflows`), or one file. Their names
 * are relative to the working directory. An unreadable path is a `CommandProblem`; a directory
 * without workflows gives an empty list.
 */
export async function readWorkflowFiles(path: string): Promise<WorkflowFile[]> {
  const paths = await listFiles(path);
  if (paths.length > MAX_FILES) throw new CommandProblem(`“${path}” holds too many workflows.`);
  return Promise.all(
    paths.map(async (each) => ({ file: nameOf(each), text: await readOne(each) })),
  );
}

async function listFiles(path: string): Promise<string[]> {
  let isDirectory;
  try {
    isDirectory = (await stat(path)).isDirectory();
  } catch {
    throw new CommandProblem(`Cannot read “${path}”: there is no such file or directory.`);
  }
  if (!isDirectory) return [path];
  const folder = resolve(path).endsWith(FOLDER) ? path : join(path, FOLDER);
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /\.ya?ml$/i.test(name))
      .toSorted()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

async function readOne(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new CommandProblem(`Cannot read “${path}”.`);
  }
}

function nameOf(path: string): string {
  const name = relative(process.cwd(), resolve(path));
  return name.replaceAll("\\", "/");
}
