/**
 * Rules between several values of the file. They look at located data that the
 * schema may have refused elsewhere, so that every problem is told at once.
 */
import { CONTRACT_INPUTS } from "./input-formats.ts";
import type { Finding, PathStep } from "./configuration-problem.ts";
import { type Located, offsetAt, valueAt } from "./located-value.ts";

/** GitHub's limit for one dispatch, since December 2025. */
const MAX_INPUTS = 25;

/** Reports what is wrong only in combination. */
export function findRuleProblems(root: Located): Finding[] {
  const count = itemsAt(root, ["routes"]).length;
  const paths = Array.from({ length: count }, (_, index): PathStep[] => ["routes", index]);
  return [
    ...checkRoutesPresent(root, count),
    ...checkRepeats(root, ["accept"]),
    ...checkNames(root, paths),
    ...paths.flatMap((path) => [
      ...LISTS.flatMap((list) => checkRepeats(root, [...path, ...list])),
      ...checkTags(root, path),
      ...checkMergeFilters(root, path),
      ...checkLabels(root, path),
      ...checkInputs(root, path),
    ]),
  ];
}

const LISTS: readonly PathStep[][] = [
  ["on"],
  ["branches"],
  ["paths"],
  ["tags"],
  ["platforms"],
  ["labels", "any"],
  ["labels", "none"],
];

function itemsAt(root: Located, path: readonly PathStep[]): readonly Located[] {
  const value = valueAt(root, path);
  return value?.kind === "list" ? value.items : [];
}

function textAt(root: Located, path: readonly PathStep[]): string | null {
  const value = valueAt(root, path);
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : null;
}

function textsAt(root: Located, path: readonly PathStep[]): (string | null)[] {
  return itemsAt(root, path).map((_, index) => textAt(root, [...path, index]));
}

function found(
  root: Located,
  path: readonly PathStep[],
  message: string,
  suggestion: string | null = null,
): Finding {
  return { offset: offsetAt(root, path), path, message, suggestion };
}

function checkRoutesPresent(root: Located, count: number): Finding[] {
  const routes = valueAt(root, ["routes"]);
  const isAbsent = routes === null || (routes.kind === "list" && count === 0);
  if (root.kind !== "map" || !isAbsent || valueAt(root, ["accept"]) !== null) return [];
  const message = "needs a route, unless this file only accepts the routes of others";
  return [found(root, ["routes"], message)];
}

function checkNames(root: Located, paths: readonly PathStep[][]): Finding[] {
  const seen = new Set<string>();
  return paths.flatMap((path) => {
    const namePath = [...path, "name"];
    const route = valueAt(root, path);
    if (valueAt(root, namePath) === null) {
      const isNeeded = paths.length > 1 && route?.kind === "map";
      return isNeeded ? [found(root, namePath, "is required where there are several routes")] : [];
    }
    const name = textAt(root, namePath);
    if (name === null || !seen.has(name)) {
      if (name !== null) seen.add(name);
      return [];
    }
    return [found(root, namePath, `another route is called \`${name}\` already`)];
  });
}

function checkRepeats(root: Located, path: readonly PathStep[]): Finding[] {
  const seen = new Set<string>();
  return textsAt(root, path).flatMap((text, index) => {
    if (text === null) return [];
    if (seen.has(text)) return [found(root, [...path, index], "is in this list already")];
    seen.add(text);
    return [];
  });
}

function hasEvent(root: Located, path: readonly PathStep[], event: string): boolean {
  const onPath = [...path, "on"];
  if (valueAt(root, onPath) === null) return event === "merge";
  return textsAt(root, onPath).includes(event);
}

/** Without patterns a route for tags would publish every tag, or none: neither is guessed. */
function checkTags(root: Located, path: readonly PathStep[]): Finding[] {
  const tagsPath = [...path, "tags"];
  const hasTags = valueAt(root, tagsPath) !== null;
  if (hasEvent(root, path, "tag") === hasTags) return [];
  if (hasTags) {
    if (!canJudgeEvents(root, path)) return [];
    const message = "does nothing, since this route is not for tags; add tag to on";
    return [found(root, tagsPath, message, suggestEvents(root, path, "tag"))];
  }
  return [found(root, tagsPath, "is required where on has tag", 'tags: ["v*"]')];
}

/** False while `on` itself is broken: then nothing can be said about what it means. */
function canJudgeEvents(root: Located, path: readonly PathStep[]): boolean {
  const on = valueAt(root, [...path, "on"]);
  return on === null || (on.kind === "list" && textsAt(root, [...path, "on"]).every(isEvent));
}

function isEvent(text: string | null): boolean {
  return text === "merge" || text === "tag" || text === "push";
}

function suggestEvents(root: Located, path: readonly PathStep[], event: string): string {
  const events =
    valueAt(root, [...path, "on"]) === null ? ["merge"] : textsAt(root, [...path, "on"]);
  return `on: [${[...events, event].join(", ")}]`;
}

/** A tag or a branch push has no pull request: its filters would silently let everything through. */
function checkMergeFilters(root: Located, path: readonly PathStep[]): Finding[] {
  if (hasEvent(root, path, "merge") || !canJudgeEvents(root, path)) return [];
  return ["paths", "labels"]
    .map((key) => [...path, key])
    .filter((filterPath) => valueAt(root, filterPath) !== null)
    .map((filterPath) => found(root, filterPath, "filters merges only, and this route has none"));
}

function checkLabels(root: Located, path: readonly PathStep[]): Finding[] {
  const wanted = textsAt(root, [...path, "labels", "any"]);
  const nonePath = [...path, "labels", "none"];
  return textsAt(root, nonePath).flatMap((label, index) =>
    label !== null && wanted.includes(label)
      ? [found(root, [...nonePath, index], "is also in any; it cannot be both")]
      : [],
  );
}

function checkInputs(root: Located, path: readonly PathStep[]): Finding[] {
  const inputsPath = [...path, "inputs"];
  const inputs = valueAt(root, inputsPath);
  if (inputs?.kind !== "map") return [];
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const [name, { keyOffset, value }] of inputs.entries) {
    if (value.kind === "scalar" && typeof value.value === "number" && value.source.length > 100) {
      findings.push(found(root, [...inputsPath, name], "is a number of over 100 digits"));
    }
    if (seen.has(name.toLowerCase())) {
      const message = "GitHub takes this for an input above, since case does not count";
      findings.push({ offset: keyOffset, path: [...inputsPath, name], message, suggestion: null });
    }
    seen.add(name.toLowerCase());
  }
  const sent = countContractInputs(root, path);
  if (inputs.entries.size + sent > MAX_INPUTS) {
    const message = `has ${inputs.entries.size} inputs; GitHub takes ${MAX_INPUTS} and the relay needs ${sent} of them here`;
    findings.push(found(root, inputsPath, message));
  }
  return findings;
}

/** How many inputs the relay itself may send for this route. */
function countContractInputs(root: Located, path: readonly PathStep[]): number {
  return CONTRACT_INPUTS.filter((name) => {
    if (name === "tag") return hasEvent(root, path, "tag");
    if (name === "repository") return valueAt(root, [...path, "builder"]) !== null;
    const isSetting = ["image", "platforms", "context", "file"].includes(name);
    return !isSetting || valueAt(root, [...path, name]) !== null;
  }).length;
}
