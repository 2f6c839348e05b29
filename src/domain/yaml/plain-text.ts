/** Text without quotes, on one line or folded over several. */
import type { Cursor } from "./cursor.ts";
import { plainValue } from "./plain-value.ts";
import type { YamlNode } from "./yaml-node.ts";

const FLOW_MARKS = ",[]{}";
const RESERVED = ",[]{}#&*!|>'\"%@`";

export interface Around {
  /** Column of what the text belongs to; further lines are right of it. */
  readonly indent: number;
  /** Within brackets or braces. */
  readonly inFlow: boolean;
}

/** Reads the text here, which is a key when a colon ends it: then it is of one line. */
export function readPlain(cursor: Cursor, around: Around): YamlNode {
  const offset = cursor.pos;
  if (!mayBegin(cursor, around)) {
    cursor.fail(
      cursor.at === "?"
        ? "a key with ? before it; write `key: value`"
        : `text cannot begin with ${cursor.at}; put it in quotes`,
    );
    return { kind: "opaque", offset };
  }
  let source = takeLine(cursor, around);
  for (;;) {
    const { place } = cursor;
    const breaks = countBreaks(cursor);
    const more = breaks > 0 && cursor.isWithin(around.indent) ? takeLine(cursor, around) : "";
    if (more === "") {
      cursor.return(place);
      return { kind: "scalar", offset, value: plainValue(source), source };
    }
    source += (breaks === 1 ? " " : "\n".repeat(breaks - 1)) + more;
  }
}

function mayBegin(cursor: Cursor, { inFlow }: Around): boolean {
  if (RESERVED.includes(cursor.at)) return false;
  if (!"-?:".includes(cursor.at)) return true;
  const next = cursor.text[cursor.pos + 1] ?? "";
  return !cursor.isBlankAt(cursor.pos + 1) && !(inFlow && FLOW_MARKS.includes(next));
}

/** The text up to the line's end, a comment, a colon that makes a key, or a mark of the list around. */
function takeLine(cursor: Cursor, { inFlow }: Around): string {
  const { text, pos } = cursor;
  let end = pos;
  for (let at = pos; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === "\n" || (character === "#" && cursor.isBlankAt(at - 1))) break;
    if (character === ":" && isColon(cursor, at, inFlow)) break;
    if (inFlow && FLOW_MARKS.includes(character)) break;
    if (character !== " ") end = at + 1;
  }
  cursor.pos = end;
  return text.slice(pos, end);
}

function isColon(cursor: Cursor, at: number, inFlow: boolean): boolean {
  const next = cursor.text[at + 1] ?? "";
  return cursor.isBlankAt(at + 1) || (inFlow && FLOW_MARKS.includes(next));
}

/** Goes over lines' ends and indentation; how many lines ended. */
function countBreaks(cursor: Cursor): number {
  let breaks = 0;
  for (;;) {
    cursor.spaces();
    if (cursor.at !== "\n") return breaks;
    cursor.newline();
    breaks += 1;
  }
}
