/**
 * Calls in the name of the App itself (JWT only: the hook API takes nothing else), and the one call
 * that lists what an installation holds. Rate limits are handed on and not kept here: who asks has a
 * storage that outlives this process.
 */
import type { Answer } from "../domain/outcome.ts";
import { exchange, type Reply } from "./http.ts";
import type { SessionOptions } from "./session.ts";
import type { TokenScope, Tokens } from "./tokens.ts";

export type Asked =
  | { readonly kind: "sent"; readonly reply: Reply }
  /** No token was to be had. */
  | { readonly kind: "unsent"; readonly why: Exclude<Answer<never>, { kind: "ok" }> };

export class AppSession {
  readonly #tokens: Tokens;
  readonly #options: SessionOptions;

  constructor(tokens: Tokens, options: SessionOptions) {
    this.#tokens = tokens;
    this.#options = options;
  }

  now(): number {
    return this.#options.now();
  }

  /** One call as the App. */
  async asApp(method: "GET" | "POST", path: string): Promise<Reply> {
    return exchange(this.#options, { method, path, token: await this.#tokens.app() });
  }

  /** A question with a token that sees the names of an installation's repositories and no more. */
  async asInstallation(installationId: number, path: string): Promise<Asked> {
    const scope: TokenScope = { installationId, repository: "all", rights: "list" };
    const token = await this.#tokens.installation(scope);
    if (token.kind !== "ok") return { kind: "unsent", why: token };
    const reply = await exchange(this.#options, { method: "GET", path, token: token.value });
    if (reply.kind !== "reply" || reply.status !== 401) return { kind: "sent", reply };
    const fresh = await this.#tokens.installation(scope, true);
    if (fresh.kind !== "ok") return { kind: "unsent", why: fresh };
    const again = await exchange(this.#options, { method: "GET", path, token: fresh.value });
    return { kind: "sent", reply: again };
  }
}
