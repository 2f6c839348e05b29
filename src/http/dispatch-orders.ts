/** What maintainers ask for by hand: dispatch, replay, cancel. */
import { repositoryIdOf } from "../domain/dispatch-id.ts";
import type { OrderSubject } from "../domain/order.ts";
import type { RepositoryCall } from "./api-call.ts";
import { readIdempotencyKey, readJson } from "./input.ts";
import { answerCancel, answerOrder } from "./order-answers.ts";
import { PROBLEMS } from "./problem.ts";
import {
  nothingSchema,
  type OrderBody,
  orderSchema,
  reasonSchema,
  replayManySchema,
} from "./request-schemas.ts";

const VIA = "api" as const;

/** POST …/dispatches. */
export async function orderDispatch(call: RepositoryCall): Promise<Response> {
  const body = await readJson(call.request, orderSchema);
  if (body instanceof Response) return body;
  const subject = subjectOf(body);
  if (subject === null) return PROBLEMS.internal();
  const idempotency = await readIdempotencyKey(call, body);
  if (idempotency instanceof Response) return idempotency;
  const dryRun = body.dry_run;
  const order = {
    subject,
    route: body.route ?? null,
    reason: body.reason ?? null,
    expectedSha: body.expected_sha ?? null,
    dryRun,
    actor: call.actor,
    via: VIA,
    // A dry run leaves nothing behind, so it must not use the key up.
    idempotency: dryRun ? null : idempotency,
  };
  return answerOrder(await call.desk.order(call.repository, order), dryRun);
}

/** POST …/dispatches/{id}/replay. */
export async function replayDispatch(call: RepositoryCall): Promise<Response> {
  const id = ownDispatch(call);
  if (id === null) return PROBLEMS.notFound();
  const body = await readJson(call.request, reasonSchema);
  if (body instanceof Response) return body;
  const idempotency = await readIdempotencyKey(call, body);
  if (idempotency instanceof Response) return idempotency;
  const by = { ...orderedBy(call, body), dryRun: false, idempotency };
  return answerOrder(await call.desk.replay(call.repository, id, by), false);
}

/** POST …/replay: a dry run unless the body says otherwise. */
export async function replayMany(call: RepositoryCall): Promise<Response> {
  const body = await readJson(call.request, replayManySchema);
  if (body instanceof Response) return body;
  const idempotency = await readIdempotencyKey(call, body);
  if (idempotency instanceof Response) return idempotency;
  const dryRun = body.dry_run;
  const filter = {
    states: body.states,
    pullRequest: body.pull_request ?? null,
    route: body.route ?? null,
    since: body.since ?? null,
    until: body.until ?? null,
    limit: body.limit,
    only: null,
  };
  const by = { ...orderedBy(call, body), dryRun, idempotency: dryRun ? null : idempotency };
  return answerOrder(await call.desk.replayMany(call.repository, filter, by), dryRun);
}

/** POST …/dispatches/{id}/cancel. */
export async function cancelDispatch(call: RepositoryCall): Promise<Response> {
  const id = ownDispatch(call);
  if (id === null) return PROBLEMS.notFound();
  const body = await readJson(call.request, nothingSchema);
  if (body instanceof Response) return body;
  return answerCancel(await call.desk.cancel(id, call.actor));
}

/** The dispatch that the path names, if its id is one of this repository's. */
export function ownDispatch({ params, repository }: RepositoryCall): string | null {
  const { id = "" } = params;
  return repositoryIdOf(id) === repository.id ? id : null;
}

function orderedBy({ actor }: RepositoryCall, { reason }: { reason?: string }) {
  return { actor, reason: reason ?? null, via: VIA };
}

function subjectOf({
  pull_request: pullRequest,
  sha,
  branch,
  tag,
}: OrderBody): OrderSubject | null {
  if (pullRequest !== undefined) return { kind: "pull", pullRequest };
  if (tag !== undefined) return { kind: "tag", tag };
  return sha === undefined || branch === undefined ? null : { kind: "commit", sha, branch };
}
