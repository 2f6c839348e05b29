/**
 * The standing of a caller in one repository: asked with the caller's own token, so that nobody sees
 * more than on GitHub. Teams and the organization count, as GitHub states the effective permission.
 */
import type { AskStanding, MaintainerRole, Standing } from "../domain/caller.ts";
import {
  type Heard,
  hear,
  reaches,
  repositoryPath,
  type StandingRepository,
  standingRepositorySchema,
} from "./caller-answers.ts";
import { exchange } from "./http.ts";
import { type KnownPerson, readPerson } from "./person.ts";
import type { SessionOptions } from "./session.ts";
import { fingerprint, ShortMemory } from "../short-memory.ts";
import { judgeReach } from "./token-reach.ts";

export interface StandingRules {
  readonly role: MaintainerRole;
  /** The relay's own App: its App ID or its client ID. */
  readonly appId: string;
}

type Maintainer = Extract<Standing, { kind: "maintainer" }>;

/**
 * What reads is answered from memory for a minute at most; what acts asks GitHub every time. Only a
 * maintainer's standing is remembered: whoever has just been given the role does not wait for it.
 */
export function createAskStanding(options: SessionOptions, rules: StandingRules): AskStanding {
  const known = new ShortMemory<Maintainer>(options.now);
  return async (token, repository, intent) => {
    const place = `${repository.owner}/${repository.name}`.toLowerCase();
    const key = `${await fingerprint(token)} ${place}`;
    const remembered = intent === "read" ? known.get(key) : null;
    if (remembered !== null) return remembered;
    const askedAt = options.now();
    const path = repositoryPath(repository);
    const [person, reply] = await Promise.all([
      readPerson(options, token),
      exchange(options, { method: "GET", path, token }),
    ]);
    const heard = hear(reply, standingRepositorySchema);
    const standing = judge(person, heard, rules.role);
    if (standing.kind === "maintainer") known.keep(key, standing, askedAt);
    if (standing.kind !== "maintainer" || intent === "read") return standing;
    if (person.kind !== "person" || heard.kind !== "ok") return { kind: "later" };
    const bearer = { token, scopes: person.scopes, appId: rules.appId };
    return withReach(standing, await judgeReach(options, bearer, heard.value));
  };
}

function withReach(standing: Maintainer, reach: Awaited<ReturnType<typeof judgeReach>>): Standing {
  switch (reach) {
    case "carries":
      return standing;
    case "too-narrow":
      return { kind: "token-too-narrow" };
    case "later":
      return { kind: "later" };
  }
}

function judge(
  person: KnownPerson,
  repository: Heard<StandingRepository>,
  role: MaintainerRole,
): Standing {
  if (person.kind !== "person") return person;
  switch (repository.kind) {
    case "unauthorized":
      return { kind: "nobody" };
    case "refused":
      return { kind: "stranger" };
    case "later":
      return { kind: "later" };
    case "ok": {
      const { id, name, owner, permissions } = repository.value;
      return reaches(permissions, role)
        ? { kind: "maintainer", actor: person.actor, repository: { id, owner: owner.login, name } }
        : { kind: "role-missing" };
    }
  }
}
