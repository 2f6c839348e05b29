/**
 * One route of the configuration: which merges, which workflow, which image. Every value that could
 * end in a dispatch input is held to the form that the trusted workflow accepts.
 */
import { type Node, isMap } from "yaml";
import type { Route, RouteEvent } from "./configuration.ts";
import {
  type ConfigurationReader,
  type Entry,
  type TextRule,
  suggest,
} from "./configuration-reader.ts";
import { CONTRACT_INPUTS, MAX_INPUTS } from "./inputs.ts";
import { isValidRefName } from "./ref-name.ts";

const KEYS = [
  "name",
  "on",
  "branches",
  "paths",
  "labels",
  "tags",
  "workflow",
  "builder",
  "ref",
  "image",
  "platforms",
  "context",
  "file",
  "inputs",
] as const;
const EVENTS: readonly string[] = ["merge", "tag", "push"];
const MAX_PLATFORMS = 8;

/** Reads one entry of `routes`; problems go to the reader. */
export function readRoute(
  reader: ConfigurationReader,
  node: Node | null,
  place: { index: number; isOnly: boolean },
): Route {
  const path = `routes[${place.index}]`;
  const keys = isMap(node) ? reader.keys(node, path, KEYS) : new Map<string, Entry>();
  if (!isMap(node)) reader.report(node, path, "expected keys such as `name` and `branches`");
  const text = (key: string, rule: TextRule): string | null =>
    reader.text(keys.get(key), `${path}.${key}`, rule);
  const strings = (key: string, rule: TextRule): string[] | null =>
    reader.strings(keys.get(key), `${path}.${key}`, rule);

  const name = text("name", nameProblem);
  if (name === null && !place.isOnly) {
    reader.report(node, `${path}.name`, "is missing; only a single route may leave it out");
  }
  const route: Route = {
    name: name ?? "image",
    on: (strings("on", eventProblem) as RouteEvent[] | null) ?? ["merge"],
    branches: strings("branches", globProblem),
    paths: strings("paths", globProblem),
    labels: readLabels(reader, keys.get("labels"), `${path}.labels`),
    tags: strings("tags", globProblem) ?? [],
    workflow: text("workflow", workflowProblem) ?? "publish-image.yml",
    builder: splitName(text("builder", builderProblem)),
    ref: text("ref", refProblem),
    image: text("image", imageProblem),
    platforms: strings("platforms", platformProblem),
    context: text("context", folderProblem),
    file: text("file", folderProblem),
    inputs: readInputs(reader, keys.get("inputs"), `${path}.inputs`),
  };
  reportContradictions(reader, node, { path, route });
  return route;
}

function reportContradictions(
  reader: ConfigurationReader,
  node: Node | null,
  at: { path: string; route: Route },
): void {
  const { path, route } = at;
  const tagged = route.on.includes("tag");
  if (tagged && route.tags.length === 0) {
    reader.report(node, `${path}.tags`, 'is missing; `on: [tag]` needs globs such as ["v*"]');
  }
  if (!tagged && route.tags.length > 0) {
    reader.report(node, `${path}.tags`, "has no effect without `tag` in `on`");
  }
  if (route.on.length === 0)
    reader.report(node, `${path}.on`, "is empty; leave it out or name an event");
  if ((route.platforms?.length ?? 0) > MAX_PLATFORMS) {
    reader.report(node, `${path}.platforms`, `more than ${MAX_PLATFORMS} platforms`);
  }
}

function readLabels(
  reader: ConfigurationReader,
  entry: Entry | undefined,
  path: string,
): Route["labels"] {
  if (!entry) return { any: [], none: [] };
  if (!isMap(entry.value)) {
    reader.report(entry.value ?? entry.key, path, "expected `any` or `none` with a list of labels");
    return { any: [], none: [] };
  }
  const keys = reader.keys(entry.value, path, ["any", "none"]);
  const any = reader.strings(keys.get("any"), `${path}.any`, labelProblem) ?? [];
  const none = reader.strings(keys.get("none"), `${path}.none`, labelProblem) ?? [];
  return { any, none };
}

function readInputs(
  reader: ConfigurationReader,
  entry: Entry | undefined,
  path: string,
): Record<string, string> {
  const inputs: [string, string][] = [];
  for (const [name, { key, value }] of reader.freeKeys(entry, path)) {
    const constant = reader.scalar(value);
    if (CONTRACT_INPUTS.includes(name)) {
      reader.report(key, `${path}.${name}`, "belongs to the relay; it cannot be set here");
    } else if (!/^[A-Za-z_][A-Za-z0-9_-]{0,99}$/.test(name) || name === "__proto__") {
      reader.report(key, `${path}.${name}`, "is not a name that a workflow input can have");
    } else if (!["string", "number", "boolean"].includes(typeof constant)) {
      reader.report(value ?? key, `${path}.${name}`, "expected text, a number, true or false");
    } else inputs.push([name, String(constant)]);
  }
  if (inputs.length + CONTRACT_INPUTS.length > MAX_INPUTS) {
    const room = MAX_INPUTS - CONTRACT_INPUTS.length;
    reader.report(entry?.key, path, `more than ${room} inputs; GitHub takes ${MAX_INPUTS} in all`);
  }
  return Object.fromEntries(inputs);
}

function splitName(fullName: string | null): { owner: string; name: string } | null {
  const [owner, name] = (fullName ?? "").split("/");
  return owner && name ? { owner, name } : null;
}

const nameProblem: TextRule = (text) =>
  /^[a-z0-9][a-z0-9-]{0,39}$/.test(text)
    ? null
    : "must be lower-case letters, digits and hyphens, at most 40";
const eventProblem: TextRule = (text) =>
  EVENTS.includes(text) ? null : `unknown event${suggest(text, EVENTS)}`;
const globProblem: TextRule = (text) => {
  if (text.startsWith("!")) return "a glob cannot be negated; use another route or a label";
  return /^[^\s\p{Cc}]{1,200}$/u.test(text) ? null : "must be a glob of at most 200 characters";
};
const labelProblem: TextRule = (text) =>
  /^[^\p{Cc}]{1,100}$/u.test(text) ? null : "must be a label's name";
const workflowProblem: TextRule = (text) =>
  /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.ya?ml$/.test(text)
    ? null
    : "must be the name of a file in .github/workflows, without a folder";
const builderProblem: TextRule = (text) =>
  /^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/.test(text) ? null : "must be `owner/repo`";
const refProblem: TextRule = (text) =>
  isValidRefName(text) ? null : "must be the name of a branch or tag";
const imageProblem: TextRule = (text) =>
  /^[a-z0-9.-]+(?::[0-9]+)?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+$/.test(text) &&
  text.length <= 200
    ? null
    : "must be registry/owner/name in lower case, without a tag; the workflow chooses the tags";
const platformProblem: TextRule = (text) =>
  /^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/.test(text)
    ? null
    : "must be os/architecture, as in linux/arm64";
const folderProblem: TextRule = (text) =>
  text === "." ||
  (/^[A-Za-z0-9_.][A-Za-z0-9_./-]{0,199}$/.test(text) && !/(?:^|\/)\.{1,2}(?:\/|$)|\/\//.test(text))
    ? null
    : "must be a path within the repository, without `..`";
