/** Lists in brackets and mappings in braces, on one line or several. */
import type { Cursor } from "./cursor.ts";
import { readPlain } from "./plain-text.ts";
import { isProperty, refuseAlias, refuseProperty } from "./properties.ts";
import { readQuoted } from "./quoted-text.ts";
import { nothingAt, type YamlEntry, type YamlNode } from "./yaml-node.ts";

/** Reads from the opening mark to behind the closing one. `indent` as in `Around`. */
function readFlow(cursor: Cursor, indent: number): YamlNode {
  const offset = cursor.pos;
  const isList = cursor.at === "[";
  cursor.enter();
  const items: YamlNode[] = [];
  const entries: YamlEntry[] = [];
  const end = isList ? "]" : "}";
  if (!cursor.failed) cursor.pos += 1;
  for (;;) {
    toNext(cursor, indent, end);
    if (cursor.isEnd) break;
    if (cursor.at === end) {
      cursor.pos += 1;
      cursor.leave();
      return isList ? { kind: "list", offset, items } : { kind: "map", offset, entries };
    }
    if (isList) items.push(readItem(cursor, indent));
    else entries.push(readEntry(cursor, indent));
    toNext(cursor, indent, end);
    if (cursor.at === ",") cursor.pos += 1;
    else if (!cursor.isEnd && cursor.at !== end) cursor.fail(`a comma or ${end} is missing here`);
  }
  cursor.fail(
    isList
      ? "a list begins here, and its ] is missing"
      : "a mapping begins here, and its } is missing",
    offset,
  );
  return { kind: "opaque", offset };
}

/** Goes to what is next. Only the closing mark may stand as far left as the key. */
function toNext(cursor: Cursor, indent: number, end: string): void {
  if (!cursor.blanks(indent) || cursor.isEnd || cursor.isWithin(indent)) return;
  if (cursor.at === end && cursor.column === indent) return;
  cursor.fail("a further line within brackets or braces must be indented more than its key");
}

function readItem(cursor: Cursor, indent: number): YamlNode {
  const { lineStart } = cursor;
  const item = readNode(cursor, indent, "]");
  if (isColonOf(cursor, item, lineStart)) {
    cursor.fail("a key within a list needs braces around it: [{ key: value }]");
  }
  return item;
}

function readEntry(cursor: Cursor, indent: number): YamlEntry {
  const { lineStart, pos } = cursor;
  const key = readNode(cursor, indent, "}");
  if (!isColonOf(cursor, key, lineStart)) {
    if (cursor.lineStart !== lineStart) cursor.fail("a key must be of one line", pos);
    return { key, value: nothingAt(pos) };
  }
  cursor.pos += 1;
  const offset = cursor.pos;
  toNext(cursor, indent, "}");
  return { key, value: isOver(cursor) ? nothingAt(offset) : readNode(cursor, indent, "}") };
}

/** Whether a colon makes a key of what was just read; behind quotes and brackets it needs no space. */
function isColonOf(cursor: Cursor, key: YamlNode, lineStart: number): boolean {
  const { pos } = cursor;
  cursor.spaces();
  if (cursor.at !== ":" || cursor.lineStart !== lineStart) return false;
  const isTight = /["'\]}]/.test(cursor.text[pos - 1] ?? "") && !isPlain(cursor, key);
  return (
    isTight ||
    cursor.isBlankAt(cursor.pos + 1) ||
    /[,[\]{}]/.test(cursor.text[cursor.pos + 1] ?? "")
  );
}

function isPlain({ text }: Cursor, { offset }: YamlNode): boolean {
  return !/["'[{]/.test(text[offset] ?? "");
}

function isOver({ at, isEnd }: Cursor): boolean {
  return isEnd || at === "," || at === "]" || at === "}";
}

function readNode(cursor: Cursor, indent: number, end: string): YamlNode {
  cursor.countPart();
  const { pos } = cursor;
  while (isProperty(cursor)) {
    refuseProperty(cursor);
    toNext(cursor, indent, end);
  }
  if (isOver(cursor)) {
    if (pos === cursor.pos) cursor.fail("a value is missing here");
    return { kind: "opaque", offset: pos };
  }
  return readUnit(cursor, { indent, inFlow: true });
}

/** Reads one value that shows by its first character where it ends. */
export function readUnit(
  cursor: Cursor,
  around: { readonly indent: number; readonly inFlow: boolean },
): YamlNode {
  switch (cursor.at) {
    case "[":
    case "{":
      return readFlow(cursor, around.indent);
    case '"':
    case "'":
      return readQuoted(cursor, around.indent);
    case "*":
      return refuseAlias(cursor);
    default:
      return readPlain(cursor, around);
  }
}
