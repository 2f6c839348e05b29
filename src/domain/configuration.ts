/**
 * The configuration of a repository, `.github/merge-relay.yml`: which merges,
 * tags and pushes run which workflow, and whose routes a builder accepts.
 *
 * A file is taken whole or not at all. Nothing unknown is ignored, since an
 * ignored filter would publish more than its author asked for.
 */
import * as v from "valibot";
import { describeIssues } from "./configuration-issues.ts";
import {
  type ConfigurationProblem,
  type Finding,
  formatPath,
  type PathStep,
} from "./configuration-problem.ts";
import { findRuleProblems } from "./configuration-rules.ts";
import { ConfigurationSchema, DEFAULT_WORKFLOW } from "./configuration-schema.ts";
import type { RawConfiguration, RawRoute } from "./configuration-schema.ts";
import { findShapeProblems } from "./configuration-shape.ts";
import { type Located, locate, toPlain, valueAt } from "./located-value.ts";
import { readYaml } from "./yaml-syntax.ts";

export interface Route {
  readonly name: string;
  readonly on: readonly ("merge" | "tag" | "push")[];
  /** Globs; null is the default branch alone. */
  readonly branches: readonly string[] | null;
  /** Globs over a merge's changed files; null is any. Tags and pushes are not filtered by it. */
  readonly paths: readonly string[] | null;
  /** Labels of a merge's pull request, compared in full; null is any. */
  readonly labels: { readonly any: readonly string[]; readonly none: readonly string[] } | null;
  /** Globs; never empty if `on` has `tag`, otherwise always empty. */
  readonly tags: readonly string[];
  readonly workflow: string;
  /** Where the workflow is, if not in the repository itself. */
  readonly builder: { readonly owner: string; readonly name: string } | null;
  /** The branch or tag to dispatch on; null is the default branch of the workflow's repository. */
  readonly ref: string | null;
  readonly image: string | null;
  readonly platforms: readonly string[] | null;
  readonly context: string | null;
  readonly file: string | null;
  /** Never one of the contract's names; numbers as they were written. */
  readonly inputs: Readonly<Record<string, string>>;
}

export interface Configuration {
  readonly version: 1;
  /** Empty only in a file that accepts others: then nothing is routed, not even by default. */
  readonly routes: readonly Route[];
  readonly accept: readonly string[];
}

export type ParsedConfiguration =
  | { readonly kind: "valid"; readonly configuration: Configuration }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigurationProblem[] };

/** Where the file is, on the default branch. */
export const CONFIGURATION_PATH = ".github/merge-relay.yml";
const MAX_PROBLEMS = 100;

/** Says whether a push to a branch could matter; also when the file cannot be read. */
export function asksForPushes(configuration: ParsedConfiguration | { kind: "absent" }): boolean {
  if (configuration.kind !== "valid") return configuration.kind === "invalid";
  return configuration.configuration.routes.some((route) => route.on.includes("push"));
}

/** The route of a repository that has no file, and what a route leaves unsaid. */
export const DEFAULT_ROUTE: Route = Object.freeze({
  name: "image",
  on: Object.freeze(["merge"] as const),
  branches: null,
  paths: null,
  labels: null,
  tags: Object.freeze([]),
  workflow: DEFAULT_WORKFLOW,
  builder: null,
  ref: null,
  image: null,
  platforms: null,
  context: null,
  file: null,
  inputs: Object.freeze({}),
});

/**
 * Reads a configuration file. It is valid as a whole, or every problem is told
 * (the first 100), by line. Never throws; the work is bounded whatever the text is.
 */
export function parseConfiguration(text: string): ParsedConfiguration {
  const source = text.replace(/^\u{FEFF}/u, "");
  const yaml = readYaml(source);
  const findings = [...yaml.findings];
  if (yaml.root !== null) {
    const { root, findings: keyFindings } = locate(yaml.root);
    const checked = check(root, keyFindings);
    findings.push(...checked.findings);
    if (findings.length === 0 && checked.raw !== null) {
      return { kind: "valid", configuration: toConfiguration(checked.raw, root) };
    }
  }
  return { kind: "invalid", problems: toProblems(source, findings) };
}

interface Checked {
  readonly raw: RawConfiguration | null;
  readonly findings: readonly Finding[];
}

function check(root: Located, keyFindings: readonly Finding[]): Checked {
  const shapeFindings = findShapeProblems(root);
  const result = v.safeParse(ConfigurationSchema, toPlain(root), { abortPipeEarly: true });
  // A repeated key leaves a first value behind, which is still worth checking.
  const isGone = ({ path }: Finding) => valueAt(root, path) === null;
  const toldFindings = [...keyFindings.filter(isGone), ...shapeFindings];
  const told = new Set(toldFindings.map(({ path }) => formatPath(path)));
  const further = [...describeIssues(root, result.issues ?? []), ...findRuleProblems(root)];
  const untold = further.filter(({ path }) => !isTold(root, path, told));
  const findings = [...keyFindings, ...shapeFindings, ...untold];
  return { raw: result.success ? result.output : null, findings };
}

/** Whether a value, or one around it, was refused already. */
function isTold(root: Located, path: readonly PathStep[], told: ReadonlySet<string>): boolean {
  for (let length = 0; length <= path.length; length += 1) {
    const part = path.slice(0, length);
    if (told.has(formatPath(part)) || valueAt(root, part)?.kind === "opaque") return true;
  }
  return false;
}

function toProblems(text: string, findings: readonly Finding[]): ConfigurationProblem[] {
  const first = findings.toSorted((a, b) => a.offset - b.offset).slice(0, MAX_PROBLEMS);
  return first.map(({ offset, path, message, suggestion }) => {
    const line = text.slice(0, offset).split("\n").length;
    const column = offset === 0 ? 1 : offset - text.lastIndexOf("\n", offset - 1);
    return { line, column, path: formatPath(path), message, suggestion };
  });
}

function toConfiguration(raw: RawConfiguration, root: Located): Configuration {
  const routes = (raw.routes ?? []).map((route, index) =>
    toRoute(route, toInputs(valueAt(root, ["routes", index, "inputs"]))),
  );
  return { version: 1, routes, accept: raw.accept ?? [] };
}

function toRoute(raw: RawRoute, inputs: Readonly<Record<string, string>>): Route {
  const { labels, builder, ...settings } = raw;
  return {
    ...DEFAULT_ROUTE,
    ...settings,
    labels: labels === undefined ? null : { any: labels.any ?? [], none: labels.none ?? [] },
    builder: builder === undefined ? null : toRepository(builder),
    inputs,
  };
}

function toRepository(fullName: string): { owner: string; name: string } {
  const [owner = "", name = ""] = fullName.split("/");
  return { owner, name };
}

function toInputs(inputs: Located | null): Readonly<Record<string, string>> {
  if (inputs?.kind !== "map") return {};
  return Object.fromEntries(
    [...inputs.entries].map(([name, { value }]) => [name, stringify(value)]),
  );
}

/** Numbers keep their digits (`1.10`); truth values become what GitHub's boolean inputs take. */
function stringify(value: Located): string {
  if (value.kind !== "scalar") return "";
  return typeof value.value === "number" ? value.source : String(value.value);
}
