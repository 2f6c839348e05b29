/** What a report says now, and the calls that say it. */
import type { Answer } from "../../domain/outcome.ts";
import type { RepositoryRef } from "../../domain/ports.ts";
import type { WriteAnswer } from "../../domain/reporting.ts";
import type { DispatchRow } from "../dispatch-row.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { checkContent } from "./check-content.ts";
import { commentBody } from "./comment-body.ts";
import { digestOf } from "./digest.ts";
import type { ReportRow } from "./report-store.ts";

export interface Message {
  readonly digest: string;
  create(repository: RepositoryRef): Promise<WriteAnswer<number>>;
  update(repository: RepositoryRef, remoteId: number | null): Promise<WriteAnswer<number>>;
  find(repository: RepositoryRef, sinceMs: number): Promise<Answer<number | null>>;
}

const NOTHING = { kind: "absent", cause: "nothing-to-update" } as const;

/** The message of a check run or comment; null when there is nothing (any more) to say. */
export function messageOf(context: LedgerContext, row: ReportRow): Message | null {
  const name = row.subject.slice(row.subject.indexOf(":") + 1);
  if (row.kind === "comment") return commentMessage(context, Number(name), row.note);
  const dispatch = row.kind === "check" ? context.store.dispatch(name) : null;
  return dispatch === null ? null : checkMessage(context, dispatch);
}

function checkMessage({ github }: LedgerContext, row: DispatchRow): Message | null {
  const { id: dispatchId, sha, route } = row;
  if (sha === null || route === null) return null;
  const content = checkContent(row);
  const subject = { dispatchId, sha, name: `merge-relay / ${route}` };
  return {
    digest: digestOf(JSON.stringify(content)),
    create: (repository) => github.createCheck(repository, subject, content),
    update: async (repository, id) =>
      id === null ? NOTHING : github.updateCheck(repository, id, content),
    find: (repository) => github.findCheck(repository, subject),
  };
}

const ROWS = 200;

function commentMessage(
  { github, store }: LedgerContext,
  pullRequest: number,
  note: string | null,
): Message {
  const body = commentBody(newestOfRoutes(store.dispatchesOfPull(pullRequest, ROWS)), note);
  return {
    digest: digestOf(body),
    create: (repository) => github.createComment(repository, pullRequest, body),
    update: async (repository, id) =>
      id === null ? NOTHING : github.updateComment(repository, id, body),
    find: (repository, sinceMs) => github.findComment(repository, pullRequest, sinceMs),
  };
}

/** From rows, the newest first, the first of each route; in the order of the routes' names. */
function newestOfRoutes(rows: readonly DispatchRow[]): DispatchRow[] {
  const newest = new Map<string, DispatchRow>();
  for (const row of rows) {
    if (row.route !== null && !newest.has(row.route)) newest.set(row.route, row);
  }
  return [...newest.values()].toSorted((a, b) => ((a.route ?? "") < (b.route ?? "") ? -1 : 1));
}
