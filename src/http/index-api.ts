/** Lists over all repositories in which the caller has the maintainer's role, from the index. */
import type { IndexAnswer } from "../domain/dispatch-index.ts";
import { fullName } from "../domain/facts.ts";
import type { NamedRepository } from "../domain/order.ts";
import type { ApiCall } from "./api-call.ts";
import { readQuery } from "./input.ts";
import { PROBLEMS } from "./problem.ts";
import { searchQuerySchema, statsQuerySchema } from "./request-schemas.ts";

const STATS_DAYS_MS = 30 * 86_400_000;

/** GET /api/v1/dispatches: newest first. */
export async function searchDispatches(call: ApiCall): Promise<Response> {
  const visible = await visibleTo(call);
  if (visible instanceof Response) return visible;
  const query = readQuery(call.request, searchQuerySchema);
  if (query instanceof Response) return query;
  const { repository, limit, cursor, state = null, route = null, actor = null } = query;
  const seen = visible.filter((one) => repository === undefined || isNamed(one, repository));
  if (seen.length === 0) return Response.json({ dispatches: [], next_cursor: null });
  const answer = await call.services.index.search({
    repositoryIds: seen.map(({ id }) => id),
    state,
    route,
    actor,
    since: query.since ?? null,
    until: query.until ?? null,
    before: cursor === undefined ? null : readCursor(cursor),
    limit: limit + 1,
  });
  return answered(answer, (found) => {
    const dispatches = found.slice(0, limit);
    const last = found.length > limit ? dispatches.at(-1) : undefined;
    const next = last === undefined ? null : `${Date.parse(last.created_at)}.${last.id}`;
    return { dispatches, next_cursor: next };
  });
}

/** GET /api/v1/repositories: those that the relay knows, with their health. */
export async function listRepositories(call: ApiCall): Promise<Response> {
  const visible = await visibleTo(call);
  if (visible instanceof Response) return visible;
  const answer = await call.services.index.repositories(visible.map(({ id }) => id));
  return answered(answer, (repositories) => ({ repositories }));
}

/** GET /api/v1/stats: the last thirty days, unless `since` says otherwise. */
export async function readStats(call: ApiCall): Promise<Response> {
  const visible = await visibleTo(call);
  if (visible instanceof Response) return visible;
  const query = readQuery(call.request, statsQuerySchema);
  if (query instanceof Response) return query;
  const since = query.since ?? call.services.now() - STATS_DAYS_MS;
  const ids = visible.map(({ id }) => id);
  return answered(await call.services.index.stats(ids, since), (stats) => stats);
}

async function visibleTo({
  caller,
  services,
}: ApiCall): Promise<readonly NamedRepository[] | Response> {
  if (caller.kind === "person") {
    const visible = await services.identity.askVisible(caller.token);
    if (visible.kind === "nobody") return PROBLEMS.unauthorized();
    return visible.kind === "later" ? PROBLEMS.githubUnavailable() : visible.repositories;
  }
  const standing = await services.identity.askRunStanding(caller.run, caller.repository, "read");
  if (standing.kind === "later") return PROBLEMS.githubUnavailable();
  return standing.kind === "maintainer" ? [standing.repository] : [];
}

function answered<T>(answer: IndexAnswer<T>, body: (value: T) => unknown): Response {
  return answer.kind === "ok" ? Response.json(body(answer.value)) : PROBLEMS.indexUnavailable();
}

function isNamed(repository: NamedRepository, wanted: string): boolean {
  return fullName(repository).toLowerCase() === wanted.toLowerCase();
}

function readCursor(cursor: string): { at: number; id: string } {
  const [at = "", id = ""] = cursor.split(".");
  return { at: Number(at), id };
}
