/** Who asks, as far as GitHub vouches for it. */
import type { Actor, NamedRepository } from "./order.ts";

export const MAINTAINER_ROLES = ["write", "maintain", "admin"] as const;
export type MaintainerRole = (typeof MAINTAINER_ROLES)[number];

/** The caller's standing in one repository. */
export type Standing =
  | {
      readonly kind: "maintainer";
      readonly actor: Actor;
      readonly repository: NamedRepository;
    }
  /** GitHub does not take the token, or it is no user's. */
  | { readonly kind: "nobody" }
  /** GitHub shows this caller no such repository. */
  | { readonly kind: "stranger" }
  | { readonly kind: "role-missing" }
  /** The person has the role, but the token does not carry it: the relay lends nobody its rights. */
  | { readonly kind: "token-too-narrow" }
  | { readonly kind: "later" };

/** Reading asks for the role; acting also asks that the token itself could do it. */
export type Intent = "read" | "act";

/** Asks GitHub, in the caller's own name, who it is and what it may do in the repository. */
export type AskStanding = (
  token: string,
  repository: { readonly owner: string; readonly name: string },
  intent: Intent,
) => Promise<Standing>;

/** The repositories in which the caller has the maintainer's role. */
export type Visible =
  | {
      readonly kind: "ok";
      readonly actor: Actor;
      readonly repositories: readonly NamedRepository[];
    }
  | { readonly kind: "nobody" }
  | { readonly kind: "later" };

export type AskVisible = (token: string) => Promise<Visible>;

/** Whose token it is, asked of GitHub; `nobody` when it is no person's or no longer good. */
export type Person =
  | { readonly kind: "person"; readonly actor: Actor }
  | { readonly kind: "nobody" }
  | { readonly kind: "later" };

export type AskPerson = (token: string) => Promise<Person>;

/** A GitHub Actions run as its identity token describes it, where it asks for something. */
export interface CallingRun {
  readonly actorId: number;
  readonly repositoryId: number;
  /** In full: `refs/heads/main`. */
  readonly ref: string;
  readonly eventName: string;
}

/**
 * The standing of the person whom a run counts as. Asked with the relay's own token, so the
 * repository is the run's own or it is not answered at all.
 */
export type AskRunStanding = (
  run: CallingRun,
  repository: { readonly owner: string; readonly name: string },
  intent: Intent,
) => Promise<Standing>;
