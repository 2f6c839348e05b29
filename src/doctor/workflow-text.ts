/** A workflow file as far as the checks look at it. Foreign text: nothing of it is ever run. */
import { parseDocument } from "yaml";

export interface WorkflowInput {
  readonly required: boolean;
  readonly hasDefault: boolean;
}

export interface WorkflowJob {
  readonly name: string;
  /** Level of `packages`; null where neither job nor workflow names any permission. */
  readonly packages: string | null;
  readonly pushes: boolean;
}

/** Runs of one group wait for each other. */
export interface Concurrency {
  /** Whose it is, as the beginning of a sentence. */
  readonly place: string;
  readonly group: string;
  /** Whether it cancels for certain; an expression does not say. */
  readonly cancels: boolean;
  readonly queue: string;
}

export interface WorkflowText {
  /** Null: no `workflow_dispatch` trigger. */
  readonly inputs: ReadonlyMap<string, WorkflowInput> | null;
  readonly runName: string;
  readonly jobs: readonly WorkflowJob[];
  /** Of the workflow, and of the jobs that push. */
  readonly concurrency: readonly Concurrency[];
}

export type ReadWorkflow =
  | { readonly kind: "read"; readonly workflow: WorkflowText }
  | { readonly kind: "unreadable"; readonly why: string };

type Node = Readonly<Record<string, unknown>>;

/** Reads the file; never throws. */
export function readWorkflow(text: string): ReadWorkflow {
  const document = parseDocument(text, { logLevel: "silent" });
  const error = document.errors[0];
  if (error) {
    const line = error.linePos?.[0].line ?? 1;
    return { kind: "unreadable", why: `line ${line} is not YAML (${error.code})` };
  }
  let root: Node | null;
  try {
    root = asNode(document.toJS({ maxAliasCount: 100 }));
  } catch {
    return { kind: "unreadable", why: "it unfolds to too much" };
  }
  const jobs = asNode(root?.["jobs"]);
  if (root === null || jobs === null) return { kind: "unreadable", why: "it has no jobs" };
  return { kind: "read", workflow: readRoot(root, jobs) };
}

function readRoot(root: Node, jobs: Node): WorkflowText {
  const entries = Object.entries(jobs).map(([name, job]) => [name, asNode(job) ?? {}] as const);
  const read = entries.map(([name, job]) => readJob(name, job, root));
  const pushing = entries.filter((_, at) => read[at]?.pushes === true);
  return {
    inputs: readInputs(root["on"] ?? root["true"]),
    runName: asText(root["run-name"]),
    jobs: read,
    concurrency: [
      ...readConcurrency("The whole", root["concurrency"]),
      ...pushing.flatMap(([name, job]) => readConcurrency(`The job ${name}`, job["concurrency"])),
    ],
  };
}

function readConcurrency(place: string, value: unknown): Concurrency[] {
  const node = asNode(value);
  const group = node === null ? asText(value) : asText(node["group"]);
  if (group === "") return [];
  const cancels = asText(node?.["cancel-in-progress"]) === "true";
  return [{ place, group, cancels, queue: asText(node?.["queue"]) }];
}

function readInputs(on: unknown): ReadonlyMap<string, WorkflowInput> | null {
  const trigger = asNode(on)?.["workflow_dispatch"];
  const isNamed =
    on === "workflow_dispatch" || (Array.isArray(on) && on.includes("workflow_dispatch"));
  if (!isNamed && trigger === undefined) return null;
  const inputs = Object.entries(asNode(asNode(trigger)?.["inputs"]) ?? {});
  return new Map(
    inputs.map(([name, input]) => {
      const node = asNode(input) ?? {};
      return [name, { required: node["required"] === true, hasDefault: "default" in node }];
    }),
  );
}

function readJob(name: string, job: Node, root: Node): WorkflowJob {
  const permissions = job["permissions"] ?? root["permissions"];
  const steps = Array.isArray(job["steps"]) ? job["steps"] : [];
  return {
    name,
    packages: permissions === undefined ? null : packagesLevel(permissions),
    pushes: steps.some((step) => pushes(asNode(step) ?? {})),
  };
}

function packagesLevel(permissions: unknown): string {
  if (permissions === "write-all") return "write";
  if (permissions === "read-all") return "read";
  return asText(asNode(permissions)?.["packages"]) || "none";
}

const PUSHING_COMMAND =
  /\b(?:(?:docker|podman|buildah|crane|oras)\s+(?:image\s+|manifest\s+)?push|imagetools\s+create|skopeo\s+copy|build\b[^\n]*\s--push)\b/;

function pushes(step: Node): boolean {
  if (PUSHING_COMMAND.test(asText(step["run"]))) return true;
  if (!/^docker\/(?:build-push|bake)-action@/.test(asText(step["uses"]))) return false;
  const options = asNode(step["with"]) ?? {};
  const push = asText(options["push"]);
  return (push !== "" && push !== "false") || /push=true/.test(asText(options["outputs"]));
}

function asNode(value: unknown): Node | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Node)
    : null;
}

function asText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}
