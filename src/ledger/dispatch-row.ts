/** A dispatch as the ledger keeps it, and its way to and from a row. */
import type { State } from "../domain/dispatch-state.ts";
import type { Claim } from "../domain/subject.ts";
import type { Diagnosis, RepositoryRef } from "../domain/ports.ts";
import type { TraceStep } from "../domain/trace.ts";

/** Where a dispatch goes: decided once, kept for the retries and for following the run. */
export interface DispatchTarget {
  readonly repository: RepositoryRef;
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface DispatchRow {
  readonly id: string;
  readonly key: string;
  readonly generation: number;
  readonly claimKey: string;
  readonly claim: Claim;
  readonly event: string;
  /** GUID of the delivery that it came by; null for what a scan or a person began. */
  readonly delivery: string | null;
  /** Login of who merged, or of who asked by hand; shown, never decided on. */
  readonly actor: string | null;
  readonly route: string | null;
  readonly pullRequest: number | null;
  readonly sha: string | null;
  readonly branch: string | null;
  readonly state: State;
  readonly reason: string | null;
  readonly remedy: string | null;
  /** Failed attempts so far, of proving or of dispatching. */
  readonly attempts: number;
  /** How often GitHub has denied the merge; it may lag behind its own event. */
  readonly looks: number;
  readonly dueAt: number | null;
  readonly target: DispatchTarget | null;
  readonly sentAt: number | null;
  readonly lostAt: number | null;
  readonly runId: number | null;
  readonly runUrl: string | null;
  readonly trace: readonly TraceStep[] | null;
  readonly receipt: unknown;
  /** How often the failed jobs were run again. */
  readonly reruns: number;
  readonly diagnosis: Diagnosis | null;
  readonly version: number;
  readonly mergedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly finishedAt: number | null;
}

export interface HistoryEntry {
  readonly at: number;
  readonly state: State;
  readonly cause: string;
  readonly actor: string;
}

type Cell = ArrayBuffer | string | number | null;
type Raw = Record<string, Cell>;

const COLUMNS = {
  id: "id",
  key: "key",
  generation: "generation",
  claimKey: "claim_key",
  claim: "claim",
  event: "event",
  delivery: "delivery",
  actor: "actor",
  route: "route",
  pullRequest: "pull_request",
  sha: "sha",
  branch: "branch",
  state: "state",
  reason: "reason",
  remedy: "remedy",
  attempts: "attempts",
  looks: "looks",
  dueAt: "due_at",
  target: "target",
  sentAt: "sent_at",
  lostAt: "lost_at",
  runId: "run_id",
  runUrl: "run_url",
  trace: "trace",
  receipt: "receipt",
  reruns: "reruns",
  diagnosis: "diagnosis",
  version: "version",
  mergedAt: "merged_at",
  createdAt: "created_at",
  updatedAt: "updated_at",
  finishedAt: "finished_at",
} as const satisfies Record<keyof DispatchRow, string>;
const JSON_FIELDS: ReadonlySet<string> = new Set([
  "claim",
  "target",
  "trace",
  "receipt",
  "diagnosis",
]);

/**
 * Reads a row of `dispatches`. A cell that is no JSON reads as null: a damaged row comes to grief
 * alone, where it is worked on, and not in the list that holds the others.
 */
export function fromRow(raw: Raw): DispatchRow {
  const fields = Object.entries(COLUMNS).map(([field, column]) => {
    const cell = raw[column] ?? null;
    return [field, JSON_FIELDS.has(field) && cell !== null ? parse(cell as string) : cell];
  });
  return Object.fromEntries(fields) as DispatchRow;
}

/** The value, or null where the text is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Columns and cells for the fields given. */
export function toColumns(fields: Partial<DispatchRow>): { names: string[]; cells: Cell[] } {
  const entries = Object.entries(fields) as [keyof DispatchRow, unknown][];
  return {
    names: entries.map(([field]) => COLUMNS[field]),
    cells: entries.map(([field, value]) =>
      JSON_FIELDS.has(field) && value !== null ? JSON.stringify(value) : (value as Cell),
    ),
  };
}
