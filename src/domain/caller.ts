/** Who asks over the API, as far as GitHub vouches for it. */

export const MAINTAINER_ROLES = ["write", "maintain", "admin"] as const;
export type MaintainerRole = (typeof MAINTAINER_ROLES)[number];

/** The caller's standing in one repository. */
export type Standing =
  | { readonly kind: "maintainer"; readonly repositoryId: number }
  /** GitHub does not take the token, or it is no user's. */
  | { readonly kind: "nobody" }
  /** GitHub shows this caller no such repository. */
  | { readonly kind: "stranger" }
  | { readonly kind: "role-missing" }
  | { readonly kind: "later" };

/** Asks GitHub, in the caller's own name, who it is and what it may do in the repository. */
export type AskStanding = (
  token: string,
  repository: { readonly owner: string; readonly name: string },
) => Promise<Standing>;
