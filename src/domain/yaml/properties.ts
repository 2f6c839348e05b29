/** Anchors, tags and aliases: told as what is not supported, so that reading can go on behind them. */
import { quote } from "../configuration-problem.ts";
import type { Cursor } from "./cursor.ts";
import type { YamlNode } from "./yaml-node.ts";

/** Whether an anchor or a tag is here. */
export function isProperty({ at }: Cursor): boolean {
  return at === "&" || at === "!";
}

/** Goes over an anchor or a tag. */
export function refuseProperty(cursor: Cursor): void {
  const offset = cursor.pos;
  const word = takeWord(cursor);
  const message = word.startsWith("&")
    ? `anchors are not supported; remove ${quote(word)}`
    : `tags are not supported; quote the value if ${quote(word)} belongs to it`;
  cursor.note(message, offset);
}

/** Goes over an alias. */
export function refuseAlias(cursor: Cursor): YamlNode {
  const offset = cursor.pos;
  const word = quote(takeWord(cursor));
  cursor.note(
    `aliases are not supported; write out what ${word} stands for, or quote it if it is a pattern`,
    offset,
  );
  return { kind: "opaque", offset };
}

function takeWord(cursor: Cursor): string {
  const word = /[^ \n,[\]{}]*/y;
  word.lastIndex = cursor.pos;
  const [found = ""] = word.exec(cursor.text) ?? [];
  cursor.pos += found.length;
  return found;
}
