/**
 * Exchanges a session's refresh token, which GitHub takes once: of two tabs whose token is over, one
 * asks GitHub, and the other gets what it got. What is remembered is sealed as the cookie is, and for
 * a minute: by then the browser sends the new cookie. In another isolate the second tab is refused,
 * and its page offers the way back.
 */
import { fingerprint, ShortMemory } from "../../short-memory.ts";
import type { GitHubSignIn } from "./github-sign-in.ts";
import type { Sealer } from "./seal.ts";
import { isTokenOver, openSession, type Session } from "./session.ts";

/** The session with a new token and its old end; null when GitHub gives none. */
export type Renew = (session: Session) => Promise<Session | null | "later">;

export interface RenewalParts {
  readonly gitHub: Pick<GitHubSignIn, "refresh">;
  readonly sealer: Sealer;
  readonly now: () => number;
  /** How long GitHub may take: after that nobody waits for another tab's answer. */
  readonly timeoutMs: number;
}

const LOOK_EVERY_MS = 50;

/** One of these serves one isolate. */
export function createRenewal(parts: RenewalParts): Renew {
  const { sealer, now, timeoutMs } = parts;
  const renewed = new ShortMemory<string>(now);
  const underWay = new Set<string>();

  async function known(key: string): Promise<Session | null> {
    const session = await openSession(sealer, renewed.get(key), now());
    return session === null || isTokenOver(session, now()) ? null : session;
  }

  return async (session) => {
    if (session.refreshToken === null) return null;
    const key = await fingerprint(session.refreshToken);
    // Looked for, not awaited: a request must not wait for the promise of another one.
    for (let waited = 0; underWay.has(key) && waited < timeoutMs; waited += LOOK_EVERY_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    // Said before anything is awaited: of two that see nobody under way, one alone may ask GitHub.
    underWay.add(key);
    try {
      const other = await known(key);
      if (other !== null) return other;
      const answer = await parts.gitHub.refresh(session.refreshToken);
      if (answer.kind !== "granted") return answer.kind === "later" ? "later" : null;
      const fresh: Session = { ...session, ...answer.grant };
      renewed.keep(key, await sealer.seal("session", fresh), now());
      return fresh;
    } finally {
      underWay.delete(key);
    }
  };
}
