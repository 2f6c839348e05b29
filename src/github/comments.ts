/** The comment on a pull request, and reactions to what people write there. */
import * as v from "valibot";
import type { Answer } from "../domain/outcome.ts";
import type { RepositoryRef } from "../domain/ports.ts";
import { COMMENT_MARKER, type Reporting, type WriteAnswer } from "../domain/reporting.ts";
import { appSchema, isOwnApp } from "./own-app.ts";
import type { ReportRights, Session } from "./session.ts";

/** GitHub's clock and ours may differ. */
const CLOCK_SKEW_MS = 120_000;
const PER_PAGE = 100;
const MAX_PAGES = 5;

const madeSchema = v.object({ id: v.number() });
const listSchema = v.array(
  v.object({
    id: v.number(),
    body: v.optional(v.nullable(v.string()), ""),
    performed_via_github_app: appSchema,
  }),
);

type CommentDesk = Pick<Reporting, "react" | "createComment" | "updateComment" | "findComment">;

/**
 * Pull requests: write and issues: write both open these calls; an installation may grant either.
 * Which one it grants is found out once and kept in memory.
 */
export function createCommentDesk(session: Session, appId: string): CommentDesk {
  let granted: ReportRights = "comments";
  const withRights = async <A extends { kind: string }>(
    call: (rights: ReportRights) => Promise<A>,
  ): Promise<A> => {
    const answer = await call(granted);
    if (answer.kind !== "refused") return answer;
    const other = granted === "comments" ? "issues" : "comments";
    const second = await call(other);
    if (second.kind !== "refused") granted = other;
    return second;
  };
  const write = async (
    repository: RepositoryRef,
    request: { method: "POST" | "PATCH"; path: string; body: unknown },
  ): Promise<WriteAnswer<number>> => {
    const answer = await withRights((rights) =>
      session.write(repository, rights, request, madeSchema),
    );
    return answer.kind === "ok" ? { kind: "ok", value: answer.value.id } : answer;
  };
  return {
    async react(repository, commentId, content) {
      const path = `/issues/comments/${commentId}/reactions`;
      const answer = await write(repository, { method: "POST", path, body: { content } });
      return answer.kind === "ok" ? { kind: "ok", value: null } : answer;
    },
    createComment: (repository, pullRequest, body) =>
      write(repository, {
        method: "POST",
        path: `/issues/${pullRequest}/comments`,
        body: { body },
      }),
    updateComment: (repository, commentId, body) =>
      write(repository, { method: "PATCH", path: `/issues/comments/${commentId}`, body: { body } }),
    findComment: (repository, pullRequest, sinceMs) =>
      withRights((rights) => find(session, { repository, rights, pullRequest, sinceMs, appId })),
  };
}

async function find(
  session: Session,
  about: {
    repository: RepositoryRef;
    rights: ReportRights;
    pullRequest: number;
    sinceMs: number;
    appId: string;
  },
): Promise<Answer<number | null>> {
  const { repository, rights, pullRequest, sinceMs, appId } = about;
  const since = new Date(sinceMs - CLOCK_SKEW_MS).toISOString().replace(/\.\d+Z$/, "Z");
  for (let page = 1; page <= MAX_PAGES; page++) {
    const query = `since=${encodeURIComponent(since)}&per_page=${PER_PAGE}&page=${page}`;
    const path = `/issues/${pullRequest}/comments?${query}`;
    const answer = await session.ask(repository, rights, path, listSchema);
    if (answer.kind !== "ok") return answer;
    // The marker alone proves nothing: anybody can write it.
    const own = answer.value.find(
      ({ body, performed_via_github_app: app }) =>
        body?.startsWith(COMMENT_MARKER) === true && isOwnApp(app, appId),
    );
    if (own !== undefined) return { kind: "ok", value: own.id };
    if (answer.value.length < PER_PAGE) return { kind: "ok", value: null };
  }
  return { kind: "later", notBeforeMs: null, cause: "too-many-comments" };
}
