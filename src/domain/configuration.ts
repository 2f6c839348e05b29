/**
 * `.github/merge-relay.yml`: strict, and every problem at once, each with its line. A configuration
 * that cannot be parsed rejects; nothing in here guesses what was meant.
 */
import { LineCounter, type Node, isAlias, isMap, parseAllDocuments, visit } from "yaml";
import { ConfigurationReader } from "./configuration-reader.ts";
import { readRoute } from "./configuration-route.ts";

export interface Route {
  readonly name: string;
  readonly on: readonly RouteEvent[];
  /** Globs; null means the default branch. */
  readonly branches: readonly string[] | null;
  /** Globs over changed files; null means any. */
  readonly paths: readonly string[] | null;
  readonly labels: { readonly any: readonly string[]; readonly none: readonly string[] };
  /** Globs over tag names, for `on: [tag]`. */
  readonly tags: readonly string[];
  readonly workflow: string;
  /** The repository that holds the workflow; null means this one. */
  readonly builder: { readonly owner: string; readonly name: string } | null;
  /** Branch or tag of the workflow file; null means the default branch. */
  readonly ref: string | null;
  readonly image: string | null;
  readonly platforms: readonly string[] | null;
  readonly context: string | null;
  readonly file: string | null;
  readonly inputs: Readonly<Record<string, string>>;
}

export const ROUTE_EVENTS = ["merge", "tag", "push"] as const;
export type RouteEvent = (typeof ROUTE_EVENTS)[number];

export interface Configuration {
  readonly version: 1;
  readonly routes: readonly Route[];
  /** In a builder repository: globs of the repositories whose routes may name it. */
  readonly accept: readonly string[];
}

export interface ConfigurationProblem {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

export type ParsedConfiguration =
  | { readonly kind: "valid"; readonly configuration: Configuration }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigurationProblem[] };

export const CONFIGURATION_PATH = ".github/merge-relay.yml";
export const DEFAULT_WORKFLOW = "publish-image.yml";
export const MAX_CONFIGURATION_BYTES = 65_536;
const MAX_ROUTES = 50;

/** What a repository without a configuration gets, if it has the default workflow. */
export const DEFAULT_ROUTE: Route = {
  name: "image",
  on: ["merge"],
  branches: null,
  paths: null,
  labels: { any: [], none: [] },
  tags: [],
  workflow: DEFAULT_WORKFLOW,
  builder: null,
  ref: null,
  image: null,
  platforms: null,
  context: null,
  file: null,
  inputs: {},
};

/**
 * Reads a configuration. Never throws; the work is bounded by the size limit, and aliases, which
 * could unfold a small file into a huge one, are refused.
 */
export function parseConfiguration(text: string): ParsedConfiguration {
  const lines = new LineCounter();
  const reader = new ConfigurationReader(lines);
  if (text.length > MAX_CONFIGURATION_BYTES) {
    reader.report(null, "", `larger than ${MAX_CONFIGURATION_BYTES} characters`);
    return reader.invalid();
  }
  const documents = parseAllDocuments(text, { lineCounter: lines, version: "1.2", merge: false });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  if (!document || document.contents === null) {
    reader.report(null, "", "the file is empty; it needs at least `version: 1`");
    return reader.invalid();
  }
  const second = Array.isArray(documents) ? documents[1] : undefined;
  if (second) reader.report(second.contents, "", "only one YAML document is allowed");
  for (const error of [...document.errors, ...document.warnings]) {
    reader.reportAt(error.pos[0], "", error.message.split("\n")[0] ?? "not valid YAML");
  }
  visit(document, (_key, node) => {
    if (isAlias(node)) reader.report(node, "", "aliases (*name) are not allowed; repeat the value");
  });
  if (reader.failed) return reader.invalid();
  return readConfiguration(reader, document.contents);
}

/** True when a push to a branch could matter; also when the configuration cannot be read. */
export function asksForPushes(configuration: ParsedConfiguration | { kind: "absent" }): boolean {
  if (configuration.kind !== "valid") return configuration.kind === "invalid";
  return configuration.configuration.routes.some((route) => route.on.includes("push"));
}

/** Problems as lines for a person: `line 4, column 5: routes[0].brnaches: unknown key …`. */
export function formatProblems(problems: readonly ConfigurationProblem[]): string {
  return problems
    .map(({ line, column, path, message }) => {
      const where = path === "" ? "" : `${path}: `;
      return `line ${line}, column ${column}: ${where}${message}`;
    })
    .join("\n");
}

function readConfiguration(reader: ConfigurationReader, root: Node): ParsedConfiguration {
  if (!isMap(root)) {
    reader.report(root, "", "expected keys such as `version` and `routes`");
    return reader.invalid();
  }
  const keys = reader.keys(root, "", ["version", "routes", "accept"]);
  const version = keys.get("version");
  if (!version) reader.report(root, "version", "is missing; add `version: 1`");
  else if (reader.scalar(version.value) !== 1) {
    reader.report(version.value, "version", "must be 1, the only version there is");
  }
  const accept = reader.strings(keys.get("accept"), "accept", acceptProblem) ?? [];
  const nodes = reader.list(keys.get("routes"), "routes");
  if (nodes.length > MAX_ROUTES) reader.report(root, "routes", `more than ${MAX_ROUTES} routes`);
  if (!keys.has("routes") && !keys.has("accept")) {
    reader.report(root, "routes", "is missing; without routes nothing would ever be built");
  }
  const routes = nodes
    .slice(0, MAX_ROUTES)
    .map((node, index) => readRoute(reader, node, { index, isOnly: nodes.length === 1 }));
  reportRepeatedNames(reader, routes, nodes);
  if (reader.failed) return reader.invalid();
  return { kind: "valid", configuration: { version: 1, routes, accept } };
}

function acceptProblem(pattern: string): string | null {
  return /^[A-Za-z0-9*._-]+\/[A-Za-z0-9*._-]+$/.test(pattern)
    ? null
    : "must be `owner/repo`, where `*` stands for any name";
}

function reportRepeatedNames(
  reader: ConfigurationReader,
  routes: readonly Route[],
  nodes: readonly (Node | null)[],
): void {
  routes.forEach((route, index) => {
    if (routes.findIndex((other) => other.name === route.name) < index) {
      reader.report(
        nodes[index] ?? null,
        `routes[${index}].name`,
        `"${route.name}" is taken already`,
      );
    }
  });
}
