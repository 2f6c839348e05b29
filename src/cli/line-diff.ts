import { structuredPatch } from "diff";
import { styleText } from "node:util";
import { stripControls } from "../doctor/diagnosis/clean-text.ts";

/** How a diff is shown. */
export interface DiffStyle {
  readonly colour: boolean;
  /** Lines of a new file that are shown; the rest is counted. */
  readonly newFileLines: number;
}

/** What would change in a file, as `diff -u` shows it; `before` is null for a new file. */
export function formatDiff(
  path: string,
  before: string | null,
  after: string,
  style: DiffStyle,
): string {
  const head = [`--- ${before === null ? "(new file)" : path}`, `+++ ${path}`];
  const lines = before === null ? newFile(after, style) : changes(path, before, after);
  return [...head, ...lines].map((line) => paint(stripControls(line), style)).join("\n") + "\n";
}

function newFile(text: string, { newFileLines }: DiffStyle): string[] {
  const lines = text.replace(/\n$/, "").split("\n");
  const shown = lines.length <= newFileLines ? lines : lines.slice(0, newFileLines);
  const rest = lines.length - shown.length;
  const more = rest === 0 ? [] : [`  … ${rest} more lines (--full shows them)`];
  return [...shown.map((line) => `+${line}`), ...more];
}

function changes(path: string, before: string, after: string): string[] {
  const { hunks } = structuredPatch(path, path, before, after, "", "", {
    context: 3,
    stripTrailingCr: true,
  });
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines,
  ]);
}

function paint(line: string, { colour }: DiffStyle): string {
  if (!colour) return line;
  const colours = { "+": "green", "-": "red", "@": "cyan" } as const;
  const chosen = colours[line.charAt(0) as keyof typeof colours] as
    | "green"
    | "red"
    | "cyan"
    | undefined;
  return chosen === undefined ? line : styleText(chosen, line, { validateStream: false });
}
