/**
 * Calls in the name of one installation on one repository: a narrowed token, one more try with a
 * fresh token after a 401, and the answer read by a schema.
 */
import * as v from "valibot";
import type { Answer, DispatchAnswer } from "../domain/outcome.ts";
import type { RepositoryRef } from "../domain/ports.ts";
import { classifyDispatch, classifyRead, lacksRunDetails } from "./classify.ts";
import { type HttpOptions, type Reply, exchange } from "./http.ts";
import type { TokenScope, Tokens } from "./tokens.ts";

export interface SessionOptions extends HttpOptions {
  readonly now: () => number;
}

/** `unsent`: no token was to be had, so nothing left for GitHub. */
type Sent =
  | { readonly kind: "sent"; readonly reply: Reply }
  | { readonly kind: "unsent"; readonly why: Exclude<Answer<never>, { kind: "ok" }> };

type Request = { method: "GET" | "POST"; path: string; body?: unknown };

export class Session {
  readonly #tokens: Tokens;
  readonly #options: SessionOptions;
  /** False once this GitHub (an older Enterprise Server) has refused the parameter. */
  #knowsRunDetails = true;

  constructor(tokens: Tokens, options: SessionOptions) {
    this.#tokens = tokens;
    this.#options = options;
  }

  /** Asks a question about a repository. */
  async get<T>(
    repository: RepositoryRef,
    path: string,
    schema: v.GenericSchema<unknown, T>,
  ): Promise<Answer<T>> {
    return this.getWithin(scopeOf(repository, "read"), `${basePath(repository)}${path}`, schema);
  }

  /** Asks a question with a token of any scope; `path` is absolute. */
  async getWithin<T>(
    scope: TokenScope,
    path: string,
    schema: v.GenericSchema<unknown, T>,
  ): Promise<Answer<T>> {
    const sent = await this.#send(scope, { method: "GET", path });
    return sent.kind === "sent" ? this.#read(sent.reply, schema) : sent.why;
  }

  /** Asks in the name of the App itself. */
  async getAsApp<T>(path: string, schema: v.GenericSchema<unknown, T>): Promise<Answer<T>> {
    const token = await this.#tokens.app();
    return this.#read(await exchange(this.#options, { method: "GET", path, token }), schema);
  }

  /** Sends a dispatch. Once: whatever comes of it is said in the answer. */
  async dispatch(
    repository: RepositoryRef,
    workflow: string,
    body: { ref: string; inputs: Readonly<Record<string, string>> },
  ): Promise<DispatchAnswer> {
    const path = `${basePath(repository)}/actions/workflows/${encodeURIComponent(workflow)}/dispatches`;
    // What this very call carried: another one may learn meanwhile that GitHub does not know it.
    const asked = this.#knowsRunDetails;
    const details = asked ? { return_run_details: true } : {};
    const sent = await this.#send(scopeOf(repository, "dispatch"), {
      method: "POST",
      path,
      body: { ...body, ...details },
    });
    if (sent.kind === "unsent") {
      const { why } = sent;
      return why.kind === "absent" ? { kind: "later", notBeforeMs: null, cause: why.cause } : why;
    }
    if (asked && lacksRunDetails(sent.reply)) {
      this.#knowsRunDetails = false;
      return this.dispatch(repository, workflow, body);
    }
    return classifyDispatch(sent.reply, this.#options.now());
  }

  #read<T>(reply: Reply, schema: v.GenericSchema<unknown, T>): Answer<T> {
    const answer = classifyRead(reply, this.#options.now());
    if (answer.kind !== "ok") return answer;
    const parsed = v.safeParse(schema, answer.value);
    return parsed.success
      ? { kind: "ok", value: parsed.output }
      : { kind: "later", notBeforeMs: null, cause: "unreadable-answer" };
  }

  async #send(scope: TokenScope, request: Request): Promise<Sent> {
    const token = await this.#tokens.installation(scope);
    if (token.kind !== "ok") return { kind: "unsent", why: token };
    const reply = await exchange(this.#options, { ...request, token: token.value });
    if (reply.kind !== "reply" || reply.status !== 401) return { kind: "sent", reply };
    // A 401 was given before anything was done, so the same call may be sent again.
    const fresh = await this.#tokens.installation(scope, true);
    if (fresh.kind !== "ok") return { kind: "unsent", why: fresh };
    const again = await exchange(this.#options, { ...request, token: fresh.value });
    return { kind: "sent", reply: again };
  }
}

function scopeOf(repository: RepositoryRef, rights: TokenScope["rights"]): TokenScope {
  return { installationId: repository.installationId, repository: { id: repository.id }, rights };
}

function basePath(repository: { owner: string; name: string }): string {
  return `/repos/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}`;
}
