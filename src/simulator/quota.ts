import { problem, type Answer } from "./answer.ts";
import type { Principal } from "./principal.ts";

const WINDOW_MILLISECONDS = 3_600_000;

export interface Quota {
  /** Requests an hour for each principal. */
  limit: number;
  /** Whether going over it is refused; counting alone is the default. */
  enforced: boolean;
  /**
   * Counts a request, unless it cost nothing (304); the refusal, if there is one, and the headers
   * that every answer carries.
   */
  spend(
    principal: Principal,
    cost: 0 | 1,
  ): { headers: Record<string, string>; refusal: Answer | null };
}

function keyOf(principal: Principal): string {
  switch (principal.kind) {
    case "installation":
      return `installation ${principal.installationId}`;
    case "classic":
    case "fine-grained":
    case "app-user":
      return `user ${principal.login}`;
    case "app":
    case "anonymous":
      return principal.kind;
  }
}

/** Makes the primary rate limit: an hour's window for each installation and user. */
export function createQuota(now: () => number): Quota {
  const used = new Map<string, { count: number; resetAt: number }>();
  const quota: Quota = {
    limit: 5_000,
    enforced: false,
    spend(principal, cost) {
      const key = keyOf(principal);
      const known = used.get(key);
      const window =
        known !== undefined && known.resetAt > now()
          ? known
          : { count: 0, resetAt: now() + WINDOW_MILLISECONDS };
      used.set(key, window);
      const over = quota.enforced && window.count >= quota.limit;
      window.count += over ? 0 : cost;
      const left = quota.limit - window.count;
      const headers = {
        "x-ratelimit-limit": String(quota.limit),
        "x-ratelimit-remaining": String(quota.enforced ? Math.max(left, 0) : Math.max(left, 1)),
        "x-ratelimit-used": String(window.count),
        "x-ratelimit-reset": String(Math.ceil(window.resetAt / 1000)),
        "x-ratelimit-resource": "core",
      };
      const message = "API rate limit exceeded for installation.";
      return { headers, refusal: over ? problem(403, message) : null };
    },
  };
  return quota;
}
