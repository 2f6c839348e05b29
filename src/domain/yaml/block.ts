/** Lists and mappings that indentation makes. */
import { readBlockText } from "./block-text.ts";
import type { Cursor } from "./cursor.ts";
import { readUnit } from "./flow.ts";
import { isProperty, refuseProperty } from "./properties.ts";
import { nothingAt, type YamlEntry, type YamlNode } from "./yaml-node.ts";

const MAX_KEY_LENGTH = 1024;

/** What stands before a node: nothing, a key, or a dash. */
type After = "nothing" | "key" | "dash";

/** Reads the node that belongs to what stands at column `indent`, up to its last line's end. */
export function readBlock(cursor: Cursor, indent: number, after: After): YamlNode {
  const offset = cursor.pos;
  const isOnOwnLine = cursor.blanks();
  const before = passProperties(cursor);
  const start = before.start ?? cursor.place;
  const place: Place = {
    offset,
    indent,
    start,
    column: start.pos - start.lineStart,
    mayNest: isOnOwnLine || before.isOnOwnLine || after !== "key",
  };
  // The list of a key may stand below it without being indented.
  const least = isDash(cursor) && after === "key" ? indent : indent + 1;
  if (!cursor.isEnd && !cursor.isMarker() && place.column >= least) return readHere(cursor, place);
  return before.end === null ? nothingAt(offset) : { kind: "opaque", offset: before.end };
}

interface Place {
  /** Behind the key or dash. */
  readonly offset: number;
  readonly indent: number;
  readonly start: Cursor["place"];
  readonly column: number;
  /** Whether a list or a mapping by indentation may begin here. */
  readonly mayNest: boolean;
}

interface Properties {
  /** Where the line's content begins, if that is not behind them. */
  readonly start: Cursor["place"] | null;
  /** Where they end; null when there are none. */
  readonly end: number | null;
  readonly isOnOwnLine: boolean;
}

function passProperties(cursor: Cursor): Properties {
  let start: Cursor["place"] | null = null;
  let end: number | null = null;
  let isOnOwnLine = false;
  while (isProperty(cursor)) {
    start ??= cursor.place;
    refuseProperty(cursor);
    end = cursor.pos;
    if (!cursor.blanks()) continue;
    start = null;
    isOnOwnLine = true;
  }
  return { start, end, isOnOwnLine };
}

function readHere(cursor: Cursor, place: Place): YamlNode {
  const { indent, start, column, mayNest } = place;
  if (isDash(cursor)) {
    if (mayNest) return readList(cursor, column);
    return refuse(cursor, "a list begins on a line of its own");
  }
  cursor.countPart();
  if (cursor.at === "|" || cursor.at === ">") {
    refuseBelowComment(cursor, place);
    return readBlockText(cursor, indent);
  }
  if (mayNest && isMissingKey(cursor)) return readMap(cursor, column, nothingAt(cursor.pos));
  const unit = readUnit(cursor, { indent, inFlow: false });
  if (mayNest && isKey(cursor, start)) return readMap(cursor, column, unit);
  refuseBelowComment(cursor, place);
  endLine(cursor);
  return unit;
}

/** Readers of YAML differ in where such a text ends. */
function refuseBelowComment(cursor: Cursor, { offset, start }: Place): void {
  if (/\n *#/.test(cursor.text.slice(offset, start.pos))) {
    cursor.fail("a comment stands between this value and its key; put it above the key", start.pos);
  }
}

function refuse(cursor: Cursor, message: string): YamlNode {
  const offset = cursor.pos;
  cursor.fail(message);
  return { kind: "opaque", offset };
}

function isDash(cursor: Cursor): boolean {
  return cursor.at === "-" && cursor.isBlankAt(cursor.pos + 1);
}

function isMissingKey(cursor: Cursor): boolean {
  return cursor.at === ":" && cursor.isBlankAt(cursor.pos + 1);
}

/** Whether a colon makes a key of what was read since that place. */
function isKey(cursor: Cursor, start: Cursor["place"]): boolean {
  cursor.spaces();
  if (!isMissingKey(cursor) || cursor.lineStart !== start.lineStart) return false;
  if (cursor.pos - start.pos <= MAX_KEY_LENGTH) return true;
  cursor.fail(`a key must be of at most ${MAX_KEY_LENGTH} characters`, start.pos);
  return false;
}

function readMap(cursor: Cursor, column: number, first: YamlNode): YamlNode {
  const entries: YamlEntry[] = [];
  let key = first;
  const { pos } = cursor;
  cursor.pos = first.offset;
  cursor.enter();
  if (!cursor.failed) cursor.pos = pos;
  while (!cursor.isEnd) {
    cursor.pos += 1;
    entries.push({ key, value: readBlock(cursor, column, "key") });
    if (!goesOn(cursor, column)) break;
    key = readKey(cursor, column);
  }
  cursor.leave();
  return { kind: "map", offset: first.offset, entries };
}

/** A further key, up to its colon. */
function readKey(cursor: Cursor, column: number): YamlNode {
  const start = cursor.place;
  cursor.countPart();
  while (isProperty(cursor)) {
    refuseProperty(cursor);
    cursor.spaces();
  }
  if (isMissingKey(cursor)) return nothingAt(cursor.pos);
  if (isDash(cursor)) return refuse(cursor, "a list item among keys");
  const key = readUnit(cursor, { indent: column, inFlow: false });
  if (!isKey(cursor, start)) {
    cursor.fail("a key is expected here, followed by a colon and a space", start.pos);
  }
  return key;
}

function readList(cursor: Cursor, column: number): YamlNode {
  const offset = cursor.pos;
  const items: YamlNode[] = [];
  cursor.enter();
  while (isDash(cursor)) {
    cursor.pos += 1;
    items.push(readBlock(cursor, column, "dash"));
    if (!goesOn(cursor, column)) break;
  }
  cursor.leave();
  return { kind: "list", offset, items };
}

/** Goes to the next line that says something; true when it stands in this column. */
function goesOn(cursor: Cursor, column: number): boolean {
  cursor.blanks();
  if (cursor.isEnd || cursor.isMarker() || cursor.column < column) return false;
  if (cursor.column === column) return true;
  cursor.fail("this line is indented further than those that it belongs to");
  return false;
}

/** Nothing but a comment may follow on this line. */
function endLine(cursor: Cursor): void {
  cursor.spaces();
  if (cursor.isEnd || cursor.at === "\n") return;
  if (cursor.at === "#" && cursor.isBlankAt(cursor.pos - 1)) return;
  cursor.fail(
    cursor.at === ":"
      ? "a second colon on this line, or a key of several lines; quote text that has a colon in it"
      : "something follows the end of this value; quote the whole text",
  );
}
