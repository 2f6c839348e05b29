/** The check run of a dispatch, on the commit that it builds. */
import * as v from "valibot";
import { type Answer, mapAnswer } from "../domain/outcome.ts";
import type { RepositoryRef } from "../domain/ports.ts";
import { BUTTON, type CheckContent, type CheckSubject } from "../domain/reporting.ts";
import type { WriteAnswer } from "../domain/reporting.ts";
import { appSchema, isOwnApp } from "./own-app.ts";
import type { Session } from "./session.ts";

const madeSchema = v.object({ id: v.number() });
const listSchema = v.object({
  check_runs: v.array(
    v.object({
      id: v.number(),
      external_id: v.optional(v.nullable(v.string()), null),
      app: appSchema,
    }),
  ),
});

/** Makes one; not idempotent. */
export async function createCheck(
  session: Session,
  repository: RepositoryRef,
  subject: CheckSubject,
  content: CheckContent,
): Promise<WriteAnswer<number>> {
  const { name, sha, dispatchId } = subject;
  const body = { name, head_sha: sha, external_id: dispatchId, ...bodyOf(content) };
  const request = { method: "POST", path: "/check-runs", body } as const;
  return idOf(await session.write(repository, "checks", request, madeSchema));
}

/** Brings one up to date. */
export async function updateCheck(
  session: Session,
  repository: RepositoryRef,
  checkId: number,
  content: CheckContent,
): Promise<WriteAnswer<number>> {
  const path = `/check-runs/${checkId}`;
  const request = { method: "PATCH", path, body: bodyOf(content) } as const;
  return idOf(await session.write(repository, "checks", request, madeSchema));
}

/** Looks through every check run of that name on the commit, older ones included. */
export async function findCheck(
  session: Session,
  repository: RepositoryRef,
  subject: CheckSubject,
  appId: string,
): Promise<Answer<number | null>> {
  const { name, sha, dispatchId } = subject;
  const query = `check_name=${encodeURIComponent(name)}&filter=all&per_page=100`;
  const path = `/commits/${sha}/check-runs?${query}`;
  const answer = await session.ask(repository, "checks", path, listSchema);
  return mapAnswer(
    answer,
    ({ check_runs: checks }) =>
      checks.find((check) => check.external_id === dispatchId && isOwnApp(check.app, appId))?.id ??
      null,
  );
}

function idOf(answer: WriteAnswer<{ id: number }>): WriteAnswer<number> {
  return answer.kind === "ok" ? { kind: "ok", value: answer.value.id } : answer;
}

function bodyOf({ status, conclusion, output, detailsUrl }: CheckContent) {
  const again = {
    label: "Publish again",
    description: "Dispatch this commit and route again",
    identifier: BUTTON,
  };
  return {
    status,
    ...(conclusion === null ? {} : { conclusion, actions: [again] }),
    output,
    ...(detailsUrl === null ? {} : { details_url: detailsUrl }),
  };
}
