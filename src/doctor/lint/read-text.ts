import {
  isBasicExpression,
  isLiteral,
  isMapping,
  isSequence,
  isString,
} from "@actions/workflow-parser/templates/tokens/type-guards";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import type { Place, Snippet, Text, TextMap } from "./workflow.ts";

/** Texts out of the parser's tokens, with the place of each expression in the file. */

const EXPRESSION = /\$\{\{([\s\S]*?)\}\}/g;

/** Where a token begins. */
export function placeOf(token: TemplateToken): Place {
  return { line: token.line ?? 1, column: token.col ?? 1 };
}

/** The child of a mapping; null where there is none, or no mapping. */
export function childOf(token: TemplateToken | null, key: string): TemplateToken | null {
  if (token === null || !isMapping(token)) return null;
  return token.find(key) ?? null;
}

/** A scalar as text; null for anything else. */
export function readText(token: TemplateToken | null): Text | null {
  if (token === null || !(isLiteral(token) || isBasicExpression(token))) return null;
  const source = sourceOf(token);
  const value = isString(token)
    ? token.value
    : chomp(plainValue(source ?? token.toString()), token);
  return { value, place: placeOf(token), snippets: findSnippets(value, source, token) };
}

/** An `if:`: the whole of it is an expression, with or without braces. */
export function readCondition(token: TemplateToken | null): Text | null {
  const text = readText(token);
  if (text === null || text.snippets.length > 0) return text;
  const whole = { source: text.value, place: text.place, start: 0, end: text.value.length };
  return { ...text, snippets: [whole] };
}

/** The scalars of a mapping, keys in lower case as GitHub reads them. */
export function readTextMap(token: TemplateToken | null): TextMap {
  const texts = new Map<string, Text>();
  if (token === null || !isMapping(token)) return texts;
  for (const { key, value } of token) {
    const text = readText(value);
    if (text !== null) texts.set(key.toString().toLowerCase(), text);
  }
  return texts;
}

/** What each declared input is where a caller gives none; nothing where it has no default. */
export function readDefaults(inputs: TemplateToken | null): TextMap {
  const defaults = new Map<string, Text>();
  if (inputs === null || !isMapping(inputs)) return defaults;
  for (const { key, value } of inputs) {
    const text = readText(childOf(value, "default"));
    defaults.set(
      key.toString().toLowerCase(),
      text ?? { value: "", place: placeOf(key), snippets: [] },
    );
  }
  return defaults;
}

/** One text or a list of them. */
export function readList(token: TemplateToken | null): Text[] {
  if (token === null) return [];
  const items = isSequence(token) ? [...token] : [token];
  return items.flatMap((item) => readText(item) ?? []);
}

function sourceOf(token: TemplateToken): string | undefined {
  return isString(token) || isBasicExpression(token) ? token.source : undefined;
}

function isBlock(token: TemplateToken): boolean {
  return (isString(token) || isBasicExpression(token)) && token.blockScalarHeader !== undefined;
}

/** The parser keeps the file's text of a value with expressions: with indentation and quotes. */
function plainValue(source: string): string {
  if (/^'[\s\S]*'$/.test(source)) return source.slice(1, -1).replaceAll("''", "'");
  if (/^"[\s\S]*"$/.test(source)) return source.slice(1, -1).replaceAll('\\"', '"');
  const lines = source.split("\n");
  const indents = lines.flatMap((line) =>
    line.trim() === "" ? [] : (/^ */.exec(line)?.[0].length ?? 0),
  );
  const indent = lines.length > 1 && indents.length > 0 ? Math.min(...indents) : 0;
  return lines.map((line) => line.slice(indent)).join("\n");
}

/** `|-` and `>-` take away the line end, which the parser leaves on. */
function chomp(value: string, token: TemplateToken): string {
  const header = isBasicExpression(token) ? token.blockScalarHeader : undefined;
  return header?.includes("-") === true ? value.replace(/\n+$/, "") : value;
}

/** The n-th expression of the value is the n-th of the source, which knows the place. */
function findSnippets(value: string, source: string | undefined, token: TemplateToken): Snippet[] {
  const places = source === undefined ? [] : findPlaces(source, token);
  return [...value.matchAll(EXPRESSION)].map((match, index) => ({
    source: (match[1] ?? "").trim(),
    place: places[index] ?? placeOf(token),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function findPlaces(source: string, token: TemplateToken): Place[] {
  const { line, column } = placeOf(token);
  const block = isBlock(token);
  return [...source.matchAll(EXPRESSION)].map(({ index }) => {
    const before = source.slice(0, index).split("\n");
    const last = before.at(-1)?.length ?? 0;
    // A block's text begins in the line after its header.
    if (block) return { line: line + before.length, column: last + 1 };
    return {
      line: line + before.length - 1,
      column: before.length === 1 ? column + last : last + 1,
    };
  });
}
