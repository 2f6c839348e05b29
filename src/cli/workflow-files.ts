import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { WorkflowFile } from "../doctor/lint/lint.ts";
import { CommandProblem } from "./command-problem.ts";

const FOLDER = join(".github", "workflows");
/** No repository has so many; it keeps a wrong path from being read for minutes. */
const MAX_FILES = 1000;
/** GitHub lets actions use actions ten deep; nobody does. */
const MAX_ACTION_DEPTH = 4;

/**
 * The workflows of a repository's directory (or of its `.github/workflows`), or one file. Their names
 * are relative to the working directory. The repository's own actions that they use come after them.
 * An unreadable path is a `CommandProblem`; a directory without workflows gives an empty list.
 */
export async function readWorkflowFiles(path: string): Promise<WorkflowFile[]> {
  const paths = await listFiles(path);
  if (paths.length > MAX_FILES) throw new CommandProblem(`“${path}” holds too many workflows.`);
  const workflows = await Promise.all(
    paths.map(async (each) => ({ file: nameOf(each), text: await readOne(each) })),
  );
  const root = rootOf(paths[0]);
  return root === null ? workflows : [...workflows, ...(await readActions(root, workflows))];
}

/** The repository's root, by where its workflows are; null for a file elsewhere. */
function rootOf(path: string | undefined): string | null {
  const folder = path === undefined ? "" : dirname(resolve(path));
  return folder.endsWith(FOLDER) ? resolve(folder, "..", "..") : null;
}

/** Actions of the repository itself that these files, or such actions, use. */
export async function readActions(
  root: string,
  from: readonly WorkflowFile[],
): Promise<WorkflowFile[]> {
  const found = new Map<string, WorkflowFile>();
  let texts = from.map(({ text }) => text);
  for (let depth = 0; depth < MAX_ACTION_DEPTH && texts.length > 0; depth += 1) {
    const names = new Set(texts.flatMap(localActions));
    const fresh = [...names].filter((name) => !found.has(name)).slice(0, MAX_FILES);
    const read = await Promise.all(fresh.map((name) => readActionFile(root, name)));
    texts = [];
    for (const [index, file] of read.entries()) {
      if (file === null) continue;
      found.set(fresh[index] ?? "", file);
      texts.push(file.text);
    }
  }
  return [...found.values()];
}

function localActions(text: string): string[] {
  const used = [...text.matchAll(/\buses:\s*["']?\.\/([^\s"'@#,}]*)/g)];
  return used
    .map((match) => (match[1] ?? "").replace(/\/+$/, ""))
    .filter((path) => !path.split("/").includes("..") && !/\.ya?ml$/.test(path));
}

async function readActionFile(root: string, path: string): Promise<WorkflowFile | null> {
  for (const name of ["action.yml", "action.yaml"]) {
    const file = join(root, path, name);
    const text = await readFile(file, "utf8").catch(() => null);
    if (text !== null) return { file: nameOf(file), text };
  }
  return null;
}

/** What a text calls of its own repository, by paths from the root: workflows, and actions' directories. */
export function localCalls(text: string): string[] {
  const called = [
    ...text.matchAll(/\buses:\s*["']?\.\/(\.github\/workflows\/[^\s"'@#,}]+\.ya?ml)/gi),
  ];
  return [...called.map((match) => match[1] ?? ""), ...localActions(text)];
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

/** One file by its name, as findings give it. A `CommandProblem` if it cannot be read. */
export async function readWorkflowFile(path: string): Promise<WorkflowFile> {
  return { file: nameOf(path), text: await readOne(path) };
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
