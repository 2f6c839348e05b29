import {
  isBoolean,
  isMapping,
  isSequence,
} from "@actions/workflow-parser/templates/tokens/type-guards";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { childOf, readText } from "./read-text.ts";
import type { Text, TextMap } from "./workflow.ts";

/** More cannot be told apart by a reader; it also bounds the work. GitHub itself allows 256. */
const MAX_COMBINATIONS = 32;
const OPEN: TextMap = new Map();

/**
 * The combinations of a matrix, keys as `matrix.NAME` in lower case. A key whose values are no plain
 * list is left out; a matrix of which more than that is open is one combination without a key.
 */
export function readMatrix(token: TemplateToken | null): readonly TextMap[] {
  if (token === null || !isMapping(token) || token.find("exclude") !== undefined) return [OPEN];
  const lists = [...token].filter(({ key }) => key.toString() !== "include");
  const include = childOf(token, "include");
  if (include !== null) return lists.length === 0 ? readIncluded(include) : [OPEN];
  let combinations: TextMap[] = [OPEN];
  for (const { key, value } of lists) {
    const name = key.toString();
    const values = isSequence(value) ? [...value].map(readValue) : [];
    if (values.length === 0 || values.includes(null)) continue;
    combinations = combinations.flatMap((each) =>
      values.flatMap((text) => (text === null ? [] : new Map([...each, [keyFor(name), text]]))),
    );
    if (combinations.length > MAX_COMBINATIONS) return [OPEN];
  }
  return combinations;
}

function readIncluded(include: TemplateToken): readonly TextMap[] {
  if (!isSequence(include)) return [OPEN];
  const items = [...include];
  if (items.length === 0 || items.length > MAX_COMBINATIONS) return [OPEN];
  return items.map((item) => {
    if (!isMapping(item)) return OPEN;
    const texts = [...item].flatMap(({ key, value }) => {
      const text = readValue(value);
      return text === null ? [] : [[keyFor(key.toString()), text] as const];
    });
    return new Map(texts);
  });
}

function keyFor(name: string): string {
  return `matrix.${name.toLowerCase()}`;
}

/** A truth stays a truth: as an expression, since a variable's text always holds. */
function readValue(token: TemplateToken): Text | null {
  const text = readText(token);
  if (text === null || text.snippets.length > 0) return null;
  if (!isBoolean(token)) return text;
  const source = String(token.value);
  const snippet = { source, place: text.place, start: 0, end: source.length };
  return { ...text, value: source, snippets: [snippet] };
}
