/** Reading the record of a repository: its dispatches, one dispatch with its history and trace. */
import * as v from "valibot";
import type { AskStanding, MaintainerRole } from "../domain/caller.ts";
import { STATES } from "../domain/dispatch-state.ts";
import type { DispatchFilter, DispatchView } from "../domain/dispatch-view.ts";
import { bearerOf } from "./bearer.ts";
import { problem, PROBLEMS } from "./problem.ts";

/** What the endpoints need of a ledger. */
export interface DispatchReader {
  list(filter: DispatchFilter): Promise<DispatchView[]> | DispatchView[];
  read(dispatchId: string): Promise<DispatchView | null> | DispatchView | null;
}

export interface ReadContext {
  readonly askStanding: AskStanding;
  readonly role: MaintainerRole;
  readonly ledger: (repositoryId: number) => DispatchReader;
}

const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, "must be a whole number"),
    v.transform(Number),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );
const querySchema = v.strictObject({
  state: v.optional(v.picklist(STATES, `must be one of ${STATES.join(", ")}`)),
  pull_request: v.optional(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
  limit: v.optional(wholeNumber(1, 100), "30"),
  cursor: v.optional(
    v.pipe(v.string(), v.regex(/^mr-[0-9a-z-]{1,60}$/, "is not a cursor of ours")),
  ),
});

/** GET …/dispatches: newest first; `next_cursor` is null on the last page. */
export async function listDispatches(
  request: Request,
  repository: { owner: string; name: string },
  context: ReadContext,
): Promise<Response> {
  const repositoryId = await admit(request, repository, context);
  if (repositoryId instanceof Response) return repositoryId;
  const query = v.safeParse(querySchema, Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) {
    const [issue] = query.issues;
    return PROBLEMS.badRequest(
      "invalid-query",
      `${v.getDotPath(issue) ?? "query"}: ${issue.message}`,
    );
  }
  const { state = null, pull_request: pullRequest = null, cursor = null, limit } = query.output;
  const filter = { state, pullRequest, before: cursor, limit: limit + 1 };
  const found = await context.ledger(repositoryId).list(filter);
  const dispatches = found.slice(0, limit);
  const next = found.length > limit ? (dispatches.at(-1)?.id ?? null) : null;
  return Response.json({ dispatches, next_cursor: next });
}

/** GET …/dispatches/{id}. */
export async function readDispatch(
  request: Request,
  at: { owner: string; name: string; id: string },
  context: ReadContext,
): Promise<Response> {
  const repositoryId = await admit(request, at, context);
  if (repositoryId instanceof Response) return repositoryId;
  const dispatch = await context.ledger(repositoryId).read(at.id);
  return dispatch === null ? PROBLEMS.notFound() : Response.json(dispatch);
}

/** The repository's id for a maintainer; for anybody else, the answer that they get. */
async function admit(
  request: Request,
  repository: { owner: string; name: string },
  context: ReadContext,
): Promise<number | Response> {
  const token = bearerOf(request);
  if (token === null) return PROBLEMS.unauthorized();
  const standing = await context.askStanding(token, repository, "read");
  switch (standing.kind) {
    case "maintainer":
      return standing.repository.id;
    case "nobody":
      return PROBLEMS.unauthorized();
    case "stranger":
      return PROBLEMS.notFound();
    case "role-missing":
      return problem({
        status: 403,
        code: "role-missing",
        title: `This needs the role ${context.role} in the repository`,
      });
    case "token-too-narrow":
      return problem({
        status: 403,
        code: "token-too-narrow",
        title: "This token does not carry the right by itself",
      });
    case "later":
      return PROBLEMS.githubUnavailable();
  }
}
