/**
 * Reads YAML nodes strictly and gathers every problem with its place. Knows nothing of routes.
 */
import { type LineCounter, type Node, type YAMLMap, isMap, isScalar, isSeq } from "yaml";
import type { ConfigurationProblem } from "./configuration.ts";
import { nearest } from "./nearest.ts";

/** A value under a key, with the key's own node for messages about the key. */
export interface Entry {
  readonly key: Node;
  readonly value: Node | null;
}

/** Says what is wrong with a text, or null. */
export type TextRule = (text: string) => string | null;

const MAX_LIST = 100;

export class ConfigurationReader {
  readonly #lines: LineCounter;
  readonly #problems: ConfigurationProblem[] = [];

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  get failed(): boolean {
    return this.#problems.length > 0;
  }

  invalid(): { kind: "invalid"; problems: readonly ConfigurationProblem[] } {
    const problems = this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    return { kind: "invalid", problems };
  }

  report(node: Node | null | undefined, path: string, message: string): void {
    this.reportAt(node?.range?.[0] ?? 0, path, message);
  }

  reportAt(offset: number, path: string, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.#problems.push({ line: Math.max(line, 1), column: Math.max(col, 1), path, message });
  }

  /** The entries of a map; unknown keys are problems with a suggestion. */
  keys(map: YAMLMap, path: string, known: readonly string[]): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const pair of map.items) {
      const key = pair.key as Node;
      const name = this.scalar(key);
      if (typeof name !== "string") this.report(key, path, "keys must be plain text");
      else if (known.includes(name)) entries.set(name, { key, value: pair.value as Node | null });
      else this.report(key, join(path, name), `unknown key${suggest(name, known)}`);
    }
    return entries;
  }

  /** Every entry of a map of free names. */
  freeKeys(entry: Entry | undefined, path: string): [string, Entry][] {
    const node = entry?.value;
    if (!entry) return [];
    if (!node || !isMap(node)) {
      this.report(node ?? entry.key, path, "expected keys with values");
      return [];
    }
    return node.items.map((pair) => {
      const key = pair.key as Node;
      return [String(this.scalar(key)), { key, value: pair.value as Node | null }];
    });
  }

  scalar(node: Node | null | undefined): unknown {
    return isScalar(node) ? node.value : undefined;
  }

  list(entry: Entry | undefined, path: string): readonly (Node | null)[] {
    if (!entry) return [];
    const node = entry.value;
    if (!node || !isSeq(node)) {
      this.report(node ?? entry.key, path, "expected a list");
      return [];
    }
    return node.items as (Node | null)[];
  }

  /** A list of texts, each under a rule; null when the key is absent. */
  strings(entry: Entry | undefined, path: string, rule: TextRule): string[] | null {
    if (!entry) return null;
    const items = this.list(entry, path);
    if (items.length > MAX_LIST) this.report(entry.key, path, `more than ${MAX_LIST} entries`);
    return items
      .slice(0, MAX_LIST)
      .map((node, index) => this.#text(node, { path: `${path}[${index}]`, rule, near: entry.key }));
  }

  /** One text under a rule; null when the key is absent. */
  text(entry: Entry | undefined, path: string, rule: TextRule): string | null {
    return entry ? this.#text(entry.value, { path, rule, near: entry.key }) : null;
  }

  #text(node: Node | null, at: { path: string; rule: TextRule; near: Node }): string {
    const value = this.scalar(node);
    if (typeof value !== "string") {
      const quotable = typeof value === "number" || typeof value === "boolean";
      const hint = quotable ? `; quote it: "${String(value)}"` : "";
      this.report(node ?? at.near, at.path, `expected text${hint}`);
      return "";
    }
    const problem = at.rule(value);
    if (problem !== null) this.report(node, at.path, problem);
    return value;
  }
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** `; did you mean …?` when a known word is near, the list of known words otherwise. */
export function suggest(name: string, known: readonly string[]): string {
  const best = nearest(name, known);
  return best === null ? `; known: ${known.join(", ")}` : `; did you mean \`${best}\`?`;
}
