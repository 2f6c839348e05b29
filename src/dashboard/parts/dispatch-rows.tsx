/** Dispatches as a list, one row each. */
import type { State } from "../../domain/dispatch-state.ts";
import { dispatchPath, Sha } from "./links.tsx";
import { StateMark } from "./state-mark.tsx";
import { When } from "./when.tsx";

/** What the index and a ledger both know about a dispatch. */
export interface DispatchRow {
  readonly id: string;
  readonly repository: string;
  readonly route: string | null;
  readonly generation: number;
  readonly event: string;
  readonly pull_request: number | null;
  readonly sha: string | null;
  readonly branch: string | null;
  readonly state: State;
  readonly reason: string | null;
  readonly actor?: string | null;
  readonly created_at: string;
}

/** `#7`, or the branch or tag that it was about. */
export function subjectOf(row: Pick<DispatchRow, "pull_request" | "branch" | "event">): string {
  if (row.pull_request !== null) return `#${row.pull_request}`;
  return `${row.event} ${row.branch ?? ""}`.trim();
}

export function DispatchRows(parts: { rows: readonly DispatchRow[]; showsRepository: boolean }) {
  return (
    <ol class="rows">
      {parts.rows.map((row) => (
        <Row row={row} showsRepository={parts.showsRepository} />
      ))}
    </ol>
  );
}

function Row({ row, showsRepository }: { row: DispatchRow; showsRepository: boolean }) {
  const subject = subjectOf(row);
  return (
    <li>
      <div>
        <a class="what" href={dispatchPath(row.repository, row.id)}>
          {showsRepository ? `${row.repository} ${subject}` : subject}
        </a>
        <div class="meta">
          <Sha sha={row.sha} />
          {row.branch && ` on ${row.branch}`}
          {row.route && `, route ${row.route}`}
          {row.generation > 1 && `, generation ${row.generation}`}
          {row.actor && `, by ${row.actor}`}
        </div>
      </div>
      <div>
        <StateMark state={row.state} />
        {row.reason && <div class="meta">{row.reason}</div>}
      </div>
      <div class="meta end">
        <When at={row.created_at} />
      </div>
    </li>
  );
}
