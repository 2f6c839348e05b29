/** Looking at one repository's record, and its kill switch. */
import type { RepositoryCall } from "./api-call.ts";
import { ownDispatch } from "./dispatch-orders.ts";
import { readJson, readQuery } from "./input.ts";
import { answerExplanation } from "./order-answers.ts";
import { PROBLEMS } from "./problem.ts";
import { listQuerySchema, nothingSchema, reasonSchema } from "./request-schemas.ts";

/** GET …/dispatches: newest first; `next_cursor` is null on the last page. */
export async function listDispatches(call: RepositoryCall): Promise<Response> {
  const query = readQuery(call.request, listQuerySchema);
  if (query instanceof Response) return query;
  const { state = null, pull_request: pullRequest = null, route = null, cursor, limit } = query;
  const filter = { state, pullRequest, route, before: cursor ?? null, limit: limit + 1 };
  const found = await call.desk.list(filter);
  const dispatches = found.slice(0, limit);
  const next = found.length > limit ? (dispatches.at(-1)?.id ?? null) : null;
  return Response.json({ dispatches, next_cursor: next });
}

/** GET …/dispatches/{id}. */
export async function readDispatch(call: RepositoryCall): Promise<Response> {
  const id = ownDispatch(call);
  const dispatch = id === null ? null : await call.desk.read(id);
  return dispatch === null ? PROBLEMS.notFound() : Response.json(dispatch);
}

/** GET …/pulls/{n}/explain. */
export async function explainPull(call: RepositoryCall): Promise<Response> {
  const number = /^[1-9]\d{0,9}$/.test(call.params["number"] ?? "")
    ? Number(call.params["number"])
    : null;
  if (number === null) return PROBLEMS.notFound();
  return answerExplanation(await call.desk.explain(call.repository, number));
}

/** POST …/pause: what comes in from now on is held, not lost. */
export async function pauseRepository(call: RepositoryCall): Promise<Response> {
  const body = await readJson(call.request, reasonSchema);
  if (body instanceof Response) return body;
  return Response.json(await call.desk.pause(call.repository, call.actor, body.reason ?? null));
}

/** POST …/resume. */
export async function resumeRepository(call: RepositoryCall): Promise<Response> {
  const body = await readJson(call.request, nothingSchema);
  if (body instanceof Response) return body;
  return Response.json(await call.desk.resume(call.repository, call.actor));
}

/** GET …/status. */
export async function repositoryStatus(call: RepositoryCall): Promise<Response> {
  return Response.json(await call.desk.status(call.repository));
}
