import type { WorkflowFile } from "./lint.ts";
import { readWorkflow } from "./read-workflow.ts";
import type { Place } from "./workflow.ts";

export interface TargetTrigger {
  readonly file: string;
  readonly place: Place;
}

/**
 * Where workflows start on `pull_request_target`. That is no mistake by itself (labels and comments
 * need it), but GitHub's policies may forbid it, and it is what merge-relay makes needless for images.
 */
export function findTargetTriggers(files: readonly WorkflowFile[]): TargetTrigger[] {
  return files.flatMap(({ file, text }) => {
    const triggers = readWorkflow(file, text).workflow?.triggers ?? [];
    return triggers
      .filter(({ event }) => event === "pull_request_target")
      .map(({ place }) => ({ file, place }));
  });
}
