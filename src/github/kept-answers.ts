/**
 * Answers that GitHub gave with an ETag, for conditional requests. In memory only, beside the tokens:
 * GitHub's ETags hold for the token that they were given to, so a stored one would never match.
 */
import type { Reply } from "./http.ts";

/** A configuration and a workflow for each of a few repositories. */
const MOST = 16;
const LONGEST = 262_144;

interface Kept {
  readonly etag: string;
  readonly reply: Extract<Reply, { kind: "reply" }>;
}

export class KeptAnswers {
  readonly #kept = new Map<string, Kept>();

  /** The request, made conditional where there is an answer to fall back on. */
  ask<R extends object>(key: string, request: R): R & { ifNoneMatch?: string } {
    const known = this.#kept.get(key);
    return known === undefined ? request : { ...request, ifNoneMatch: known.etag };
  }

  /** What a reply says: for a 304 the kept one. */
  unfold(key: string, reply: Reply): Reply {
    const known = this.#kept.get(key);
    return reply.kind === "reply" && reply.status === 304 && known ? known.reply : reply;
  }

  /** Keeps a reply that was understood; the one not asked for the longest goes. */
  keep(key: string, reply: Reply): void {
    if (reply.kind !== "reply") return;
    const etag = reply.headers.get("etag");
    this.#kept.delete(key);
    if (etag === null || reply.status !== 200 || reply.text.length > LONGEST) return;
    this.#kept.set(key, { etag, reply });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
  }

  drop(key: string): void {
    this.#kept.delete(key);
  }
}
