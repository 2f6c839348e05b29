/** Finds a repository by its id, under whatever name and installation it has today. */
import type { RepositoryFacts } from "../domain/facts.ts";
import type { Answer } from "../domain/outcome.ts";
import type { RepositoryHint } from "../domain/ports.ts";
import {
  installationRepositoriesSchema,
  installationSchema,
  installedSchema,
  type repositorySchema,
  repositorySchema as schema,
} from "./schemas.ts";
import type { Session } from "./session.ts";
import type { TokenScope } from "./tokens.ts";
import type * as v from "valibot";

/**
 * The repository of that id. A name is only a hint: it may be old (GitHub redirects), or belong to
 * another repository by now (the ids differ, and the token's own list of repositories decides).
 */
export async function locate(
  session: Session,
  hint: RepositoryHint,
): Promise<Answer<RepositoryFacts>> {
  if (hint.installationId !== null) {
    const found = await locateWithin(session, hint, hint.installationId);
    if (found.kind !== "absent") return found;
  }
  const path = `/repos/${encodeURIComponent(hint.owner)}/${encodeURIComponent(hint.name)}/installation`;
  const installation = await session.getAsApp(path, installationSchema);
  if (installation.kind !== "ok") return installation;
  if (installation.value.id === hint.installationId) {
    return { kind: "absent", cause: "repository-outside-installation" };
  }
  return locateWithin(session, hint, installation.value.id);
}

/** When the installation was made, in milliseconds. */
export async function installedAt(
  session: Session,
  installationId: number,
): Promise<Answer<number>> {
  const path = `/app/installations/${installationId}`;
  const answer = await session.getAsApp(path, installedSchema);
  if (answer.kind !== "ok") return answer;
  const at = Date.parse(answer.value.created_at);
  return Number.isNaN(at)
    ? { kind: "later", notBeforeMs: null, cause: "unreadable-answer" }
    : { kind: "ok", value: at };
}

async function locateWithin(
  session: Session,
  hint: RepositoryHint,
  installationId: number,
): Promise<Answer<RepositoryFacts>> {
  const repository = hint.id === null ? { name: hint.name } : { id: hint.id };
  const scope: TokenScope = { installationId, repository, rights: "read" };
  const path = `/repos/${encodeURIComponent(hint.owner)}/${encodeURIComponent(hint.name)}`;
  const named = await session.getWithin(scope, path, schema);
  if (named.kind === "ok" && (hint.id === null || named.value.id === hint.id)) {
    return { kind: "ok", value: facts(named.value, installationId) };
  }
  if (named.kind !== "ok" && named.kind !== "absent") return named;
  if (hint.id === null) return { kind: "absent", cause: "no-such-repository" };
  const list = await session.getWithin(
    scope,
    "/installation/repositories?per_page=100",
    installationRepositoriesSchema,
  );
  if (list.kind !== "ok") return list;
  const found = list.value.repositories.find(({ id }) => id === hint.id);
  return found
    ? { kind: "ok", value: facts(found, installationId) }
    : { kind: "absent", cause: "repository-outside-installation" };
}

function facts(
  body: v.InferOutput<typeof repositorySchema>,
  installationId: number,
): RepositoryFacts {
  return {
    id: body.id,
    ownerId: body.owner.id,
    owner: body.owner.login,
    name: body.name,
    defaultBranch: body.default_branch,
    installationId,
  };
}
