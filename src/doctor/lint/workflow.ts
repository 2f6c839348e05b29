/** A workflow file as the rules see it: what it says, and where. */

/** Counted from 1, as editors and code scanning do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One `${{ … }}`, or a whole `if:`. */
export interface Snippet {
  readonly source: string;
  readonly place: Place;
  /** Where it stands in `Text.value`, with its braces. */
  readonly start: number;
  readonly end: number;
}

export interface Text {
  readonly value: string;
  readonly place: Place;
  readonly snippets: readonly Snippet[];
}

export type Access = "none" | "read" | "write";

export interface Permissions {
  readonly place: Place;
  /** What is not in `scopes` has this. */
  readonly rest: Access;
  readonly scopes: ReadonlyMap<string, Access>;
}

export type TextMap = ReadonlyMap<string, Text>;

export interface Step {
  readonly place: Place;
  readonly id: string | null;
  readonly condition: Text | null;
  readonly uses: Text | null;
  readonly run: Text | null;
  readonly with: TextMap;
  readonly env: TextMap;
}

export interface Job {
  readonly id: string;
  readonly place: Place;
  readonly needs: readonly string[];
  readonly condition: Text | null;
  readonly permissions: Permissions | null;
  /** The reusable workflow that the job calls. */
  readonly uses: Text | null;
  readonly with: TextMap;
  readonly env: TextMap;
  /** One combination of the job's matrix, by `matrix.NAME`; empty where it cannot be known. */
  readonly matrix: TextMap;
  readonly steps: readonly Step[];
}

export interface Trigger {
  readonly event: string;
  readonly place: Place;
  /** Activity types; null is GitHub's default for the event. */
  readonly types: readonly string[] | null;
}

export interface Workflow {
  /** As the user may open it; `/` between its parts. */
  readonly file: string;
  readonly triggers: readonly Trigger[];
  readonly permissions: Permissions | null;
  readonly env: TextMap;
  readonly jobs: readonly Job[];
  /** What an action's inputs are where nobody gives them; empty for a workflow. */
  readonly defaults: TextMap;
}

/** The access that a permissions block gives; null says that nothing was said. */
export function accessOf(permissions: Permissions | null, scope: string): Access | null {
  if (permissions === null) return null;
  return permissions.scopes.get(scope) ?? permissions.rest;
}

/** What holds for a job: its own block replaces the workflow's as a whole. */
export function permissionsOf(workflow: Workflow, job: Job): Permissions | null {
  return job.permissions ?? workflow.permissions;
}
