/** Text in single or double quotes. */
import type { Cursor } from "./cursor.ts";
import type { YamlNode } from "./yaml-node.ts";

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\u0007"],
  ["b", "\b"],
  ["e", "\u001B"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["N", "\u0085"],
  ["_", "\u00A0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
  [" ", " "],
  ['"', '"'],
  ["/", "/"],
  ["\\", "\\"],
]);
const CODE_LENGTHS: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);
const LAST_CODE = 0x10_ff_ff;

/** Reads from the opening quote to behind the closing one. `indent` as in `Around`. */
export function readQuoted(cursor: Cursor, indent: number): YamlNode {
  const offset = cursor.pos;
  const quote = cursor.at;
  let value = "";
  /** Spaces before a line's end are dropped, but not those that an escape made. */
  let kept = 0;
  cursor.pos += 1;
  while (!cursor.isEnd) {
    const { at } = cursor;
    if (at === quote && !(quote === "'" && cursor.text[cursor.pos + 1] === "'")) {
      cursor.pos += 1;
      return { kind: "scalar", offset, value, source: value };
    }
    if (at === "\n") value = value.slice(0, kept) + fold(cursor, indent);
    else if (at === "\\" && quote === '"') value += readEscape(cursor, indent);
    else {
      value += at;
      cursor.pos += at === "'" && quote === "'" ? 2 : 1;
      if (at === " ") continue;
    }
    kept = value.length;
  }
  cursor.fail(`text begins here with ${quote}, which is never closed`, offset);
  return { kind: "opaque", offset };
}

/** A line's end is a space; every empty line after it is a line's end. */
function fold(cursor: Cursor, indent: number): string {
  let breaks = 0;
  while (cursor.at === "\n") {
    cursor.newline();
    cursor.spaces();
    breaks += 1;
  }
  requireIndent(cursor, indent);
  return breaks === 1 ? " " : "\n".repeat(breaks - 1);
}

function requireIndent(cursor: Cursor, indent: number): void {
  if (!cursor.isEnd && !cursor.isWithin(indent)) {
    cursor.fail("a further line of text in quotes must be indented more than its key");
  }
}

function readEscape(cursor: Cursor, indent: number): string {
  const mark = cursor.text[cursor.pos + 1] ?? "";
  if (mark === "\n") return joinLines(cursor, indent);
  const length = CODE_LENGTHS.get(mark);
  if (length !== undefined) return readCode(cursor, length);
  const meant = ESCAPES.get(mark);
  if (meant === undefined) cursor.fail(`no such escape: \\${mark}`);
  else cursor.pos += 2;
  return meant ?? "";
}

/** A backslash at a line's end: the next line goes on without a space. */
function joinLines(cursor: Cursor, indent: number): string {
  cursor.pos += 1;
  cursor.newline();
  cursor.spaces();
  if (cursor.at === "\n") cursor.fail("an empty line after a line that ends with \\");
  requireIndent(cursor, indent);
  return "";
}

function readCode(cursor: Cursor, length: number): string {
  const digits = cursor.text.slice(cursor.pos + 2, cursor.pos + 2 + length);
  const code = /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
  if (digits.length < length || !(code <= LAST_CODE)) {
    cursor.fail(`an escape needs ${length} digits of a character's number`);
    return "";
  }
  cursor.pos += 2 + length;
  return String.fromCodePoint(code);
}
