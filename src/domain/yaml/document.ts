/** A text that holds one document. */
import { readBlock } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import type { YamlNode } from "./yaml-node.ts";

/** Reads the whole text; what the cursor found decides whether the node can be used. */
export function readDocument(cursor: Cursor): YamlNode {
  cursor.blanks();
  if (cursor.at === "%" && cursor.column === 0) {
    cursor.stop("directives are not supported; remove this line");
  }
  if (isMark(cursor, "---")) passMark(cursor);
  const root = readBlock(cursor, -1, "nothing");
  cursor.blanks();
  while (isMark(cursor, "...")) passMark(cursor);
  if (cursor.isEnd) return root;
  if (isMark(cursor, "---")) passMark(cursor);
  else if (!cursor.text.slice(0, cursor.pos).includes("\n...")) {
    cursor.fail("this line belongs to nothing above it; look at its indentation");
  }
  cursor.stop("a second document; the file holds only one");
  return root;
}

function isMark(cursor: Cursor, mark: string): boolean {
  return cursor.isMarker() && cursor.text.startsWith(mark, cursor.pos);
}

function passMark(cursor: Cursor): void {
  const mark = cursor.text.slice(cursor.pos, cursor.pos + 3);
  cursor.pos += 3;
  if (!cursor.blanks() && !cursor.isEnd)
    cursor.fail(`nothing may stand behind ${mark} on its line`);
}
