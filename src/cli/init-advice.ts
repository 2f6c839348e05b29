import type { Finding } from "../doctor/lint/finding.ts";
import type { TargetTrigger } from "../doctor/lint/target-triggers.ts";
import { allowJsonOfActionsPackages } from "./json-modules.ts";
import { readWorkflowFiles } from "./workflow-files.ts";

/** What in the repository's other workflows stands against the new ones. */
export interface WorkflowAdvice {
  readonly findings: readonly Finding[];
  readonly targetTriggers: readonly TargetTrigger[];
}

const RULES = new Set([
  "push-from-pull-request",
  "untrusted-checkout",
  "pull-request-release-tag",
  "script-injection",
  // Otherwise silence about a file that nobody could read would pass for praise.
  "workflow-syntax",
]);

/** Looks through the workflows that are there, but for the files that `init` brings. */
export async function checkWorkflows(
  directory: string,
  except: readonly string[],
): Promise<WorkflowAdvice> {
  const files = await readWorkflowFiles(directory);
  const others = files.filter(({ file }) => !except.some((path) => file.endsWith(path)));
  if (others.length === 0) return { findings: [], targetTriggers: [] };
  allowJsonOfActionsPackages();
  const { lintWorkflows } = await import("../doctor/lint/lint.ts");
  const { findTargetTriggers } = await import("../doctor/lint/target-triggers.ts");
  return {
    findings: lintWorkflows(others).filter(({ rule }) => RULES.has(rule)),
    targetTriggers: findTargetTriggers(others),
  };
}
