/** A job at work, and how its steps' blocks are read. */
import { interpolate } from "./expressions.ts";
import type { Contexts } from "./expressions.ts";
import type { JobLog } from "./job-log.ts";
import type { RunInProgress } from "./run-request.ts";

/** A job at work: what its steps read and change. */
export interface JobState {
  readonly run: RunInProgress;
  readonly contexts: Contexts;
  readonly log: JobLog;
  readonly workspace: string;
  readonly temp: string;
  readonly token: string;
  /** Environment for every step of the job; `GITHUB_ENV` adds to it. */
  readonly env: Record<string, string>;
  readonly steps: Record<
    string,
    { outputs: Record<string, string>; outcome: string; conclusion: string }
  >;
  summary: string;
}

/** Values of an `env:` or `with:` block with their expressions filled in. */
export function interpolateAll(
  block: Readonly<Record<string, unknown>> | undefined,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(block ?? {}).map(([key, value]) => [key, interpolate(String(value), contexts)]),
  );
}
