/**
 * Which parts of the file must be mappings, and which keys they may have. The
 * schema knows both too, but stops at the first unknown key of a mapping and
 * takes a list for a mapping without entries.
 */
import type { Finding, PathStep } from "./configuration-problem.ts";
import { KNOWN_KEYS } from "./configuration-schema.ts";
import { type Located, valueAt } from "./located-value.ts";
import { nearestWord } from "./nearest-word.ts";

/** What people write for a key that is called something else here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  dockerfile: "file",
  event: "on",
  events: "on",
  repository: "builder",
  trigger: "on",
  triggers: "on",
  with: "inputs",
};

/** Reports every unknown key, and everything that should be a mapping and is not. */
export function findShapeProblems(root: Located): Finding[] {
  const routes = valueAt(root, ["routes"]);
  const items = routes?.kind === "list" ? routes.items : [];
  return [
    ...checkMapping(root, [], KNOWN_KEYS.root),
    ...items.flatMap((_, index) => checkRoute(root, ["routes", index])),
  ];
}

function checkRoute(root: Located, path: readonly PathStep[]): Finding[] {
  return [
    ...checkMapping(root, path, KNOWN_KEYS.route),
    ...checkMapping(root, [...path, "labels"], KNOWN_KEYS.labels),
    ...checkMapping(root, [...path, "inputs"], null),
  ];
}

function checkMapping(
  root: Located,
  path: readonly PathStep[],
  knownKeys: readonly string[] | null,
): Finding[] {
  const value = valueAt(root, path);
  if (value === null || value.kind === "opaque") return [];
  if (value.kind !== "map") {
    const isEmpty = value.kind === "scalar" && value.value === null;
    const message = isEmpty ? "has no value" : "must be a mapping, lines of `key: value`";
    return [{ offset: value.offset, path, message, suggestion: null }];
  }
  if (knownKeys === null) return [];
  return [...value.entries]
    .filter(([key]) => !knownKeys.includes(key))
    .map(([key, { keyOffset }]) => ({
      offset: keyOffset,
      path: [...path, key],
      message: "unknown key",
      suggestion: suggestKey(key, knownKeys),
    }));
}

function suggestKey(key: string, knownKeys: readonly string[]): string | null {
  const other = Object.hasOwn(OTHER_NAMES, key.toLowerCase())
    ? OTHER_NAMES[key.toLowerCase()]
    : null;
  if (other && knownKeys.includes(other)) return other;
  return nearestWord(key, knownKeys);
}
