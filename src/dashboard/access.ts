/** Who may enter a page about a repository: what GitHub says about the viewer, asked anew each time. */
import type { Intent } from "../domain/caller.ts";
import type { LedgerDesk } from "../domain/ledger-desk.ts";
import type { Actor, NamedRepository } from "../domain/order.ts";
import { MESSAGES } from "./messages.tsx";
import type { Handler, PathParts, Shown, Visit } from "./shown.ts";

/** A visit to a repository in which the viewer has the role. */
export interface Room {
  readonly visit: Visit;
  readonly actor: Actor;
  readonly repository: NamedRepository;
  readonly desk: LedgerDesk;
}

/** Lets a maintainer in; for anybody else, the page that says why not. */
export function inRepository(
  intent: Intent,
  handle: (room: Room, parts: PathParts) => Promise<Shown>,
): Handler {
  return async (visit, parts) => {
    const { ports, settings } = visit.options;
    const { owner = "", name = "" } = parts;
    if (![owner, name].every((part) => /^[\w.-]{1,100}$/.test(part))) return MESSAGES.stranger();
    const standing = await ports.askStanding(visit.session.token, { owner, name }, intent);
    switch (standing.kind) {
      case "maintainer": {
        const { actor, repository } = standing;
        return handle({ visit, actor, repository, desk: ports.ledger(repository.id) }, parts);
      }
      case "nobody":
        return { kind: "signed-out" };
      case "stranger":
        return MESSAGES.stranger();
      case "role-missing":
        return MESSAGES.roleMissing(settings.maintainerRole);
      case "token-too-narrow":
        return MESSAGES.tokenTooNarrow();
      case "later":
        return MESSAGES.githubAway(visit.url.pathname + visit.url.search);
    }
  };
}
