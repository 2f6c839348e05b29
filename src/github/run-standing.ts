/**
 * The standing of a GitHub Actions run: it counts as the person who started it, in its own
 * repository only, and only on the default branch, where a reviewed workflow file speaks. There is
 * no token of that person, so the relay asks in its own name.
 */
import * as v from "valibot";
import type { AskRunStanding, CallingRun, MaintainerRole, Standing } from "../domain/caller.ts";
import type { RepositoryFacts } from "../domain/facts.ts";
import { reaches, repositoryPath, rolesSchema, userSchema } from "./caller-answers.ts";
import { locate } from "./repositories.ts";
import { Session, type SessionOptions } from "./session.ts";
import { ShortMemory } from "../short-memory.ts";
import { type AppCredentials, type TokenScope, Tokens } from "./tokens.ts";

const permissionSchema = v.object({
  user: v.object({ id: v.number(), permissions: v.optional(rolesSchema, {}) }),
});

type Maintainer = Extract<Standing, { kind: "maintainer" }>;

/** Asks GitHub with the installation's token; a standing to read is remembered for a minute. */
export function createAskRunStanding(
  credentials: AppCredentials,
  options: SessionOptions,
  role: MaintainerRole,
): AskRunStanding {
  const tokens = new Tokens(credentials, options);
  const known = new ShortMemory<Maintainer>(options.now);
  return async (run, repository, intent) => {
    const place = `${repository.owner}/${repository.name}`.toLowerCase();
    const key = `${run.actorId} ${run.repositoryId} ${run.ref} ${place}`;
    const remembered = intent === "read" ? known.get(key) : null;
    if (remembered !== null) return remembered;
    const askedAt = options.now();
    // A session of its own: it falls silent under a rate limit, and that is one installation's.
    const standing = await ask(new Session(tokens, options), { run, repository, role });
    if (standing.kind === "maintainer") known.keep(key, standing, askedAt);
    return standing;
  };
}

interface Question {
  readonly run: CallingRun;
  readonly repository: { readonly owner: string; readonly name: string };
  readonly role: MaintainerRole;
}

async function ask(session: Session, question: Question): Promise<Standing> {
  const { run, repository, role } = question;
  const hint = { ...repository, id: run.repositoryId, installationId: null };
  const located = await locate(session, hint);
  if (located.kind === "later") return { kind: "later" };
  if (located.kind !== "ok" || !isNamed(located.value, repository)) return { kind: "stranger" };
  const facts = located.value;
  if (run.ref !== `refs/heads/${facts.defaultBranch}`) return { kind: "token-too-narrow" };
  const scope: TokenScope = {
    installationId: facts.installationId,
    repository: { id: facts.id },
    rights: "read",
  };
  const user = await session.getWithin(scope, `/user/${run.actorId}`, userSchema);
  if (user.kind === "later") return { kind: "later" };
  if (user.kind !== "ok" || user.value.id !== run.actorId) return { kind: "role-missing" };
  const login = encodeURIComponent(user.value.login);
  const path = `${repositoryPath(facts)}/collaborators/${login}/permission`;
  const answer = await session.getWithin(scope, path, permissionSchema);
  if (answer.kind === "later") return { kind: "later" };
  // A login can change hands between the two questions; the id cannot.
  const holds =
    answer.kind === "ok" &&
    answer.value.user.id === run.actorId &&
    reaches(answer.value.user.permissions, role);
  return holds
    ? {
        kind: "maintainer",
        actor: user.value,
        repository: { id: facts.id, owner: facts.owner, name: facts.name },
      }
    : { kind: "role-missing" };
}

function isNamed(facts: RepositoryFacts, name: { owner: string; name: string }): boolean {
  return (
    facts.owner.toLowerCase() === name.owner.toLowerCase() &&
    facts.name.toLowerCase() === name.name.toLowerCase()
  );
}
