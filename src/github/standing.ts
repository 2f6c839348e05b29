/** The standing of a caller: asked with the caller's own token, so that nobody sees more than on GitHub. */
import * as v from "valibot";
import type { AskStanding, MaintainerRole, Standing } from "../domain/caller.ts";
import type { Actor } from "../domain/order.ts";
import { type HttpOptions, type Reply, exchange } from "./http.ts";

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const permission = v.optional(v.boolean(), false);
const userSchema = v.object({ id, login: v.string() });
const repositorySchema = v.object({
  id,
  name: v.string(),
  owner: v.object({ login: v.string() }),
  permissions: v.optional(
    v.object({ push: permission, maintain: permission, admin: permission }),
    {},
  ),
});

/**
 * Effective permission, teams and organization included, as GitHub states it for the token's user.
 * `GET /user` keeps out tokens that are nobody's: a workflow's `GITHUB_TOKEN`, an installation's.
 */
export function createAskStanding(options: HttpOptions, role: MaintainerRole): AskStanding {
  return async (token, { owner, name }) => {
    const path = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
    const [user, repository] = await Promise.all([
      exchange(options, { method: "GET", path: "/user", token }),
      exchange(options, { method: "GET", path, token }),
    ]);
    if (statusOf(user) === 401 || statusOf(user) === 403) return { kind: "nobody" };
    const actor = v.safeParse(userSchema, bodyOf(user));
    return actor.success ? standingIn(repository, role, actor.output) : { kind: "later" };
  };
}

function standingIn(reply: Reply, role: MaintainerRole, actor: Actor): Standing {
  if (reply.kind === "broken" || reply.status >= 429) return { kind: "later" };
  if (reply.status !== 200) return { kind: "stranger" };
  const parsed = v.safeParse(repositorySchema, bodyOf(reply));
  if (!parsed.success) return { kind: "later" };
  const { id: repositoryId, name, owner, permissions } = parsed.output;
  return reaches(permissions, role)
    ? { kind: "maintainer", actor, repository: { id: repositoryId, owner: owner.login, name } }
    : { kind: "role-missing" };
}

function reaches(
  held: { push?: boolean; maintain?: boolean; admin?: boolean },
  role: MaintainerRole,
): boolean {
  const admin = held.admin === true;
  const maintain = admin || held.maintain === true;
  return { admin, maintain, write: maintain || held.push === true }[role];
}

function statusOf(reply: Reply): number | null {
  return reply.kind === "reply" ? reply.status : null;
}

function bodyOf(reply: Reply): unknown {
  if (reply.kind !== "reply" || reply.status !== 200) return undefined;
  try {
    return JSON.parse(reply.text);
  } catch {
    return undefined;
  }
}
