/** Text below `|`, which keeps its lines, or `>`, which folds them. */
import type { Cursor } from "./cursor.ts";
import type { YamlNode } from "./yaml-node.ts";

const HEADER = /([|>])(?:([1-9])([-+]?)|([-+])([1-9]?))?(?: +#[^\n]*| *)(?=\n|$)/y;

/** Reads from the mark to the end of the last line of its text. `indent` is the column of its key. */
export function readBlockText(cursor: Cursor, indent: number): YamlNode {
  const offset = cursor.pos;
  HEADER.lastIndex = offset;
  const header = HEADER.exec(cursor.text);
  if (indent < 0) cursor.fail("text below | or > needs a key");
  if (header === null) {
    cursor.fail("after | and > only a digit, + or -, and a comment may stand; quote the text");
    return { kind: "opaque", offset };
  }
  const [whole, mark, digit = "", signBefore = "", signBehind = "", digitLast = ""] = header;
  cursor.pos += whole.length;
  const digits = Number(`${digit}${digitLast}`);
  const lines = linesRightOf(cursor, indent);
  const sign = `${signBefore}${signBehind}`;
  const texts = withoutIndent(lines, digits === 0 ? null : indent + digits);
  if (texts === null) {
    cursor.fail("every line of a text below | or > must be indented as the first one is", offset);
  } else if (isUnclear(cursor, texts, sign)) {
    cursor.fail("this text ends with a line of spaces; remove them", offset);
  }
  const value = chomp(texts ?? [], mark === "|" ? keepLines : foldLines, sign);
  return { kind: "scalar", offset, value, source: value };
}

/** Whether readers of YAML differ in what these last lines are: some of spaces, kept or not. */
function isUnclear(cursor: Cursor, texts: readonly string[], sign: string): boolean {
  if (sign === "+") return cursor.isEnd && cursor.text.endsWith(" ");
  return isEmpty(texts.findLast((text) => text !== "") ?? "x");
}

/** Lines without their indentation, which is that of the first one; null when one has less. */
function withoutIndent(lines: readonly string[], asked: number | null): string[] | null {
  const first = lines.findIndex((line) => !isEmpty(line));
  const found = first === -1 ? Number.POSITIVE_INFINITY : spacesOf(lines[first] ?? "");
  const width = asked ?? found;
  const isUneven = lines.some((line, index) =>
    isEmpty(line) ? asked === null && index < first && line.length > width : spacesOf(line) < width,
  );
  return isUneven ? null : lines.map((line) => line.slice(width));
}

/** Goes over the lines that are empty or begin right of that column. */
function linesRightOf(cursor: Cursor, indent: number): string[] {
  const lines: string[] = [];
  while (cursor.at === "\n" && cursor.pos + 1 < cursor.text.length) {
    const end = cursor.text.indexOf("\n", cursor.pos + 1);
    const line = cursor.text.slice(cursor.pos + 1, end === -1 ? cursor.text.length : end);
    if (!isEmpty(line) && spacesOf(line) <= indent) break;
    lines.push(line);
    cursor.newline();
    if (!cursor.failed) cursor.pos += line.length;
  }
  return lines;
}

function isEmpty(line: string): boolean {
  return spacesOf(line) === line.length;
}

function spacesOf(line: string): number {
  return line.search(/[^ ]|$/);
}

function chomp(
  lines: readonly string[],
  join: (lines: readonly string[]) => string,
  sign: string,
): string {
  const last = lines.findLastIndex((line) => !isEmpty(line));
  const text = join(lines.slice(0, last + 1));
  if (sign === "-") return text;
  const end = last === -1 ? "" : "\n";
  return sign === "+"
    ? text +
        end +
        lines
          .slice(last + 1)
          .map((line) => `${line}\n`)
          .join("")
    : text + end;
}

function keepLines(lines: readonly string[]): string {
  return lines.join("\n");
}

/** A single line's end between two lines is a space, unless one of them is indented further. */
function foldLines(lines: readonly string[]): string {
  let text = "";
  let breaks = 0;
  let previous: string | null = null;
  for (const line of lines) {
    if (line === "") {
      breaks += 1;
      continue;
    }
    text += previous === null ? "\n".repeat(breaks) : gap(previous, line, breaks);
    text += line;
    previous = line;
    breaks = 0;
  }
  return text;
}

function gap(previous: string, line: string, emptyLines: number): string {
  if (previous.startsWith(" ") || line.startsWith(" ")) return "\n".repeat(emptyLines + 1);
  return emptyLines === 0 ? " " : "\n".repeat(emptyLines);
}
