import { parse } from "yaml";
import { fileAt, type Tree } from "./tree.ts";

export interface WorkflowInput {
  readonly required: boolean;
  readonly type: string;
  readonly options: readonly string[] | null;
  readonly default: string | null;
}

/** What the simulator understands of a workflow file. */
export interface WorkflowFile {
  readonly name: string | null;
  readonly runName: string | null;
  readonly jobs: readonly string[];
  /** Null: the file has no `workflow_dispatch` trigger. */
  readonly inputs: ReadonlyMap<string, WorkflowInput> | null;
  readonly triggers: readonly string[];
}

type Node = Record<string, unknown>;

function asNode(value: unknown): Node | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Node)
    : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : null;
}

function readInput(value: unknown): WorkflowInput {
  const node = asNode(value) ?? {};
  const options = node["options"];
  return {
    required: node["required"] === true,
    type: text(node["type"]) ?? "string",
    options: Array.isArray(options) ? options.map(String) : null,
    default: text(node["default"]),
  };
}

function readTriggers(on: unknown): string[] {
  if (typeof on === "string") {
    return [on];
  }
  return Array.isArray(on) ? on.map(String) : Object.keys(asNode(on) ?? {});
}

function readInputs(on: unknown): Map<string, WorkflowInput> {
  const trigger = asNode(asNode(on)?.["workflow_dispatch"]);
  const inputs = Object.entries(asNode(trigger?.["inputs"]) ?? {});
  return new Map(inputs.map(([name, value]) => [name, readInput(value)]));
}

/** Files that were read before: worlds with thousands of runs have a handful of workflows. */
const known = new Map<string, WorkflowFile | null>();

/** Reads the workflow at that path in a tree; null when there is none or it is not YAML. */
export function readWorkflowFile(files: Tree, path: string): WorkflowFile | null {
  const source = fileAt(files, path);
  if (source === undefined) {
    return null;
  }
  const read = known.get(source);
  if (read !== undefined) {
    return read;
  }
  const parsed = parseWorkflow(source);
  known.set(source, parsed);
  return parsed;
}

function parseWorkflow(source: string): WorkflowFile | null {
  let root: Node | null;
  try {
    root = asNode(parse(source));
  } catch {
    return null;
  }
  // YAML 1.1 readers turn the key `on` into true; this one keeps it, but accept both.
  const on = root?.["on"] ?? root?.["true"];
  const triggers = readTriggers(on);
  return {
    name: text(root?.["name"]),
    runName: text(root?.["run-name"]),
    jobs: Object.keys(asNode(root?.["jobs"]) ?? {}),
    triggers,
    inputs: triggers.includes("workflow_dispatch") ? readInputs(on) : null,
  };
}

function evaluateTerm(term: string, inputs: Readonly<Record<string, string>>): string {
  const literal = /^'(.*)'$/.exec(term);
  if (literal !== null) {
    return (literal[1] ?? "").replaceAll("''", "'");
  }
  const name = /^(?:github\.event\.)?inputs\.([\w-]+)$/.exec(term)?.[1];
  return name === undefined ? "" : (inputs[name] ?? "");
}

/** Fills `${{ inputs.x || 'default' }}` in; other expressions become empty, as unknown contexts do. */
export function substituteInputs(
  template: string,
  inputs: Readonly<Record<string, string>>,
): string {
  return template.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => {
    const terms = expression.split("||").map((term) => evaluateTerm(term.trim(), inputs));
    return terms.find((value) => value !== "") ?? "";
  });
}

export type InputsVerdict =
  | { ok: true; inputs: Record<string, string> }
  | { ok: false; message: string };

const MAX_INPUTS_CHARACTERS = 65_535;

function judgeValue(name: string, input: WorkflowInput, value: string): string | null {
  if (input.type === "choice" && input.options !== null && !input.options.includes(value)) {
    return `Provided value '${value}' for input '${name}' not in the list of allowed values`;
  }
  if (input.type === "boolean" && value !== "true" && value !== "false") {
    return `Provided value '${value}' for input '${name}' is not a valid boolean`;
  }
  return null;
}

/** Checks the inputs of a dispatch against the file and fills defaults in, with GitHub's messages. */
export function judgeInputs(
  declared: ReadonlyMap<string, WorkflowInput>,
  given: Readonly<Record<string, string>>,
): InputsVerdict {
  const unexpected = Object.keys(given).filter((name) => !declared.has(name));
  if (unexpected.length > 0) {
    return { ok: false, message: `Unexpected inputs provided: ${JSON.stringify(unexpected)}` };
  }
  if (JSON.stringify(given).length > MAX_INPUTS_CHARACTERS) {
    return { ok: false, message: "inputs are too large." };
  }
  const inputs: Record<string, string> = {};
  for (const [name, input] of declared) {
    const value = given[name] ?? input.default;
    if (value === null && input.required) {
      return { ok: false, message: `Required input '${name}' not provided` };
    }
    const problem = value === null ? null : judgeValue(name, input, value);
    if (problem !== null) {
      return { ok: false, message: problem };
    }
    inputs[name] = value ?? "";
  }
  return { ok: true, inputs };
}
