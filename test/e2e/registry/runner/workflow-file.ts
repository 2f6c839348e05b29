/** The part of a workflow file's shape that the runner reads. GitHub's parser judges the rest in the gates. */
import { readFile } from "node:fs/promises";
import { parse } from "yaml";

export interface StepNode {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string | boolean;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly shell?: string;
  readonly "continue-on-error"?: boolean;
}

export interface ConcurrencyNode {
  readonly group: string;
  readonly queue?: "single" | "max";
}

export interface JobNode {
  readonly name?: string;
  readonly needs?: string | readonly string[];
  readonly if?: string | boolean;
  readonly "runs-on": string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix?: unknown };
  readonly outputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly concurrency?: ConcurrencyNode | string;
  readonly steps: readonly StepNode[];
}

export interface WorkflowNode {
  readonly name?: string;
  readonly "run-name"?: string;
  readonly on: Readonly<Record<string, { inputs?: Readonly<Record<string, unknown>> } | null>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: ConcurrencyNode | string;
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly env?: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, JobNode>>;
}

/** Reads a workflow file; YAML that does not parse throws. */
export async function readWorkflow(file: string): Promise<WorkflowNode> {
  return parse(await readFile(file, "utf8")) as WorkflowNode;
}
