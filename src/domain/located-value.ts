/**
 * The data of a YAML file with the place of every key and value, so that each
 * problem can name its line. Keys become entries of a `Map` and objects without
 * a prototype: a key such as `__proto__` can change nothing, and is refused.
 */
import { isMap, isScalar, isSeq, type Pair, type ParsedNode } from "yaml";
import { type Finding, type PathStep, quote } from "./configuration-problem.ts";

export type Located =
  | { readonly kind: "map"; readonly offset: number; readonly entries: LocatedEntries }
  | { readonly kind: "list"; readonly offset: number; readonly items: readonly Located[] }
  | {
      readonly kind: "scalar";
      readonly offset: number;
      readonly value: string | number | boolean | null;
      /** As written in the file, so that `1.10` stays `1.10`. */
      readonly source: string;
    }
  /** Refused already; nothing more is said about it. */
  | { readonly kind: "opaque"; readonly offset: number };

type LocatedEntries = ReadonlyMap<string, { readonly keyOffset: number; readonly value: Located }>;

const DANGEROUS_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Turns a parsed node into located data, and reports keys that cannot be taken. */
export function locate(node: ParsedNode): { root: Located; findings: readonly Finding[] } {
  const findings: Finding[] = [];
  return { root: locateNode(node, [], findings), findings };
}

function locateNode(
  node: ParsedNode | null,
  path: readonly PathStep[],
  findings: Finding[],
): Located {
  const offset = node?.range[0] ?? 0;
  if (isMap(node)) return { kind: "map", offset, entries: locateEntries(node, path, findings) };
  if (isSeq(node)) {
    const items = node.items.map((item, index) => locateNode(item, [...path, index], findings));
    return { kind: "list", offset, items };
  }
  if (!isScalar(node) || !isPlain(node.value)) return { kind: "opaque", offset };
  if (typeof node.value === "string" && /(?!\n|\t)[\p{Cc}\p{Cs}]/u.test(node.value)) {
    const message = "has a control character, or half of one, among its escapes";
    findings.push({ offset, path, message, suggestion: null });
    return { kind: "opaque", offset };
  }
  return { kind: "scalar", offset, value: node.value, source: node.source ?? "" };
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function locateEntries(
  map: { readonly items: readonly Pair<ParsedNode, ParsedNode | null>[] },
  path: readonly PathStep[],
  findings: Finding[],
): LocatedEntries {
  const entries = new Map<string, { keyOffset: number; value: Located }>();
  for (const { key, value } of map.items) {
    const keyOffset = key.range[0];
    const name = isScalar(key) && typeof key.value === "string" ? key.value : null;
    const problem = name === null ? describeKey(key) : refuseKey(name, entries);
    if (problem !== null) {
      findings.push({
        offset: keyOffset,
        path: [...path, name ?? sourceOf(key)],
        ...problem,
      });
    }
    if (name === null || problem !== null) continue;
    const located = isEmpty(value)
      ? emptyAt(keyOffset)
      : locateNode(value, [...path, name], findings);
    entries.set(name, { keyOffset, value: located });
  }
  return entries;
}

/** An empty value has no place of its own: the key's is taken. */
function isEmpty(value: ParsedNode | null): boolean {
  return value === null || (isScalar(value) && value.value === null && value.source === "");
}

function emptyAt(offset: number): Located {
  return { kind: "scalar", offset, value: null, source: "" };
}

interface KeyProblem {
  readonly message: string;
  readonly suggestion: string | null;
}

function sourceOf(key: ParsedNode): string {
  return isScalar(key) ? (key.source ?? "") : "?";
}

function describeKey(key: ParsedNode): KeyProblem {
  if (!isScalar(key)) return { message: "a key must be plain text", suggestion: null };
  const source = sourceOf(key);
  if (source === "") return { message: "a key is missing before the colon", suggestion: null };
  return {
    message: `the key ${quote(source)} is no text; put it in quotes`,
    suggestion: `"${source}"`,
  };
}

function refuseKey(name: string, entries: LocatedEntries): KeyProblem | null {
  if (DANGEROUS_KEYS.has(name)) return { message: "this key is never allowed", suggestion: null };
  if (name === "<<") {
    return { message: "merge keys are not supported; write the entries out", suggestion: null };
  }
  if (entries.has(name)) {
    return { message: "this key is there already; only one may stay", suggestion: null };
  }
  return null;
}

/** The data alone, for a schema to check: objects without prototype, refused parts as undefined. */
export function toPlain(located: Located): unknown {
  switch (located.kind) {
    case "map": {
      const plain: Record<string, unknown> = Object.create(null);
      for (const [key, { value }] of located.entries) plain[key] = toPlain(value);
      return plain;
    }
    case "list":
      return located.items.map(toPlain);
    case "scalar":
      return located.value;
    case "opaque":
      return undefined;
  }
}

/** Finds the value at a path, or null if the file has none there. */
export function valueAt(root: Located, path: readonly PathStep[]): Located | null {
  let current: Located | undefined = root;
  for (const step of path) {
    if (current?.kind === "map") current = current.entries.get(String(step))?.value;
    else if (current?.kind === "list") current = current.items[Number(step)];
    else return null;
  }
  return current ?? null;
}

/** Where to point for a path: its value, or the nearest thing around it that exists. */
export function offsetAt(root: Located, path: readonly PathStep[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const found = valueAt(root, path.slice(0, length));
    if (found !== null) return found.offset;
  }
  return root.offset;
}

/** Where to point for what is wrong with a key itself. */
export function keyOffsetAt(root: Located, path: readonly PathStep[]): number {
  const parent = valueAt(root, path.slice(0, -1));
  const entry = parent?.kind === "map" ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.keyOffset ?? offsetAt(root, path);
}
