/** One file among the workflows of its repository: who calls it, what it calls, and what is told of it. */
import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { WorkflowFile } from "../doctor/lint/lint.ts";
import { localCalls, readActions, readWorkflowFile, readWorkflowFiles } from "./workflow-files.ts";

/** Files that are read together, and the names of those whose findings are asked for. */
export interface WorkflowGroup {
  readonly files: readonly WorkflowFile[];
  readonly subjects: ReadonlySet<string>;
}

/**
 * All of a directory; of a file, what it calls with what that calls, read together with its callers,
 * which decide in which situations it runs. A file that lies in no repository stands alone.
 */
export async function readWorkflowGroup(path: string): Promise<WorkflowGroup> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const root = isFile ? await findRoot(resolve(path)) : null;
  if (root === null) return all(await readWorkflowFiles(path));
  const own = await readWorkflowFile(path);
  const others = [...(await readWorkflowFiles(root)), ...(await readActions(root, [own]))];
  const byName = new Map([...others, own].map((each) => [each.file, each]));
  return flowOf(own, [...byName.values()], root);
}

function all(files: readonly WorkflowFile[]): WorkflowGroup {
  return { files, subjects: new Set(files.map(({ file }) => file)) };
}

/** The nearest directory above that has workflows, or is git's root. */
async function findRoot(file: string): Promise<string | null> {
  for (let at = dirname(file); ; at = dirname(at)) {
    const marks = [join(at, ".github", "workflows"), join(at, ".git")];
    const found = await Promise.all(marks.map((mark) => stat(mark).catch(() => null)));
    if (found.some((mark) => mark !== null)) return at;
    if (dirname(at) === at) return null;
  }
}

function flowOf(own: WorkflowFile, files: readonly WorkflowFile[], root: string): WorkflowGroup {
  const placed = files.map((each) => ({ ...each, path: pathIn(root, each.file) }));
  const calls = new Map(
    placed.map(({ file, text }) => {
      const called = new Set(localCalls(text));
      return [
        file,
        placed.filter(({ path }) => called.has(path)).map((each) => each.file),
      ] as const;
    }),
  );
  const subjects = reach(own.file, (file) => calls.get(file) ?? []);
  const callers = reach(own.file, (file) =>
    files.map((each) => each.file).filter((each) => calls.get(each)?.includes(file) === true),
  );
  return { files: files.filter(({ file }) => subjects.has(file) || callers.has(file)), subjects };
}

/** As a `uses:` has it: a workflow's file, an action's directory. */
function pathIn(root: string, file: string): string {
  const path = relative(root, resolve(file)).replaceAll("\\", "/");
  return path.replace(/(?:^|\/)action\.ya?ml$/, "");
}

function reach(from: string, next: (file: string) => readonly string[]): Set<string> {
  const found = new Set([from]);
  for (const file of found) for (const each of next(file)) found.add(each);
  return found;
}
