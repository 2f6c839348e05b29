/**
 * Calls in the name of one installation on one repository: a narrowed token, one more try with a
 * fresh token after a 401, and the answer read by a schema.
 */
import * as v from "valibot";
import { ALARM_FULL, NEXT_ALARM } from "../domain/alarm-full.ts";
import type { Answer, DispatchAnswer, Later } from "../domain/outcome.ts";
import type { WriteAnswer } from "../domain/reporting.ts";
import type { RepositoryRef } from "../domain/ports.ts";
import { classifyDispatch, classifyRead, lacksRunDetails, spentUntil } from "./classify.ts";
import { classifyWrite } from "./classify-write.ts";
import { type Call, download, type HttpOptions, type Reply, exchange } from "./http.ts";
import { Silences } from "./silences.ts";
import type { TokenScope, Tokens } from "./tokens.ts";
import { KeptAnswers } from "./kept-answers.ts";

export interface SessionOptions extends HttpOptions {
  readonly now: () => number;
  /** Who has been told to wait; without it, every connection finds out for itself. */
  readonly silences?: Silences;
}

/** `unsent`: no token was to be had, so nothing left for GitHub. */
type Sent =
  | { readonly kind: "sent"; readonly reply: Reply }
  | { readonly kind: "unsent"; readonly why: Exclude<Answer<never>, { kind: "ok" }> };

type Request = {
  method: "GET" | "POST" | "PATCH";
  path: string;
  body?: unknown;
  ifNoneMatch?: string;
};

export class Session {
  readonly #tokens: Tokens;
  readonly #options: SessionOptions;
  readonly #kept = new KeptAnswers();
  /** False once this GitHub (an older Enterprise Server) has refused the parameter. */
  #knowsRunDetails = true;
  /** Calls that go on under a limit lengthen it. */
  readonly #silences: Silences;

  constructor(tokens: Tokens, options: SessionOptions) {
    this.#tokens = tokens;
    this.#options = options;
    this.#silences = options.silences ?? new Silences();
  }

  /** Asks a question about a repository. */
  async get<T>(
    repository: RepositoryRef,
    path: string,
    schema: v.GenericSchema<unknown, T>,
  ): Promise<Answer<T>> {
    return this.getWithin(scopeOf(repository, "read"), `${basePath(repository)}${path}`, schema);
  }

  /**
   * Asks what seldom changes: where GitHub says 304, the answer is the one it gave before. Every time
   * it is GitHub that says so, and it does not count against the installation's limit.
   */
  async getKept<T>(
    repository: RepositoryRef,
    path: string,
    schema: v.GenericSchema<unknown, T>,
  ): Promise<Answer<T>> {
    const scope = scopeOf(repository, "read");
    const request: Request = { method: "GET", path: `${basePath(repository)}${path}` };
    const key = `${repository.id} ${request.path}`;
    const sent = await this.#send(scope, this.#kept.ask(key, request));
    if (sent.kind === "unsent") return sent.why;
    const reply = this.#kept.unfold(key, sent.reply);
    const answer = this.#read(reply, schema, scope);
    if (answer.kind === "ok") this.#kept.keep(key, reply);
    else this.#kept.drop(key);
    return answer;
  }

  /** Has a token for a dispatch made beside what is asked first; that it cannot be had shows later. */
  async prepareDispatch(repository: RepositoryRef): Promise<void> {
    await this.#tokens.installation(scopeOf(repository, "dispatch"));
  }

  /** Asks a question with a token of any scope; `path` is absolute. */
  async getWithin<T>(
    scope: TokenScope,
    path: string,
    schema: v.GenericSchema<unknown, T>,
  ): Promise<Answer<T>> {
    const sent = await this.#send(scope, { method: "GET", path });
    return sent.kind === "sent" ? this.#read(sent.reply, schema, scope) : sent.why;
  }

  /** Asks a question about a repository with the rights of a report. */
  async ask<T>(
    repository: RepositoryRef,
    rights: ReportRights,
    path: string,
    schema: v.GenericSchema<unknown, T>,
  ): Promise<Answer<T>> {
    const scope = scopeOf(repository, rights);
    return this.getWithin(scope, `${basePath(repository)}${path}`, schema);
  }

  /** Writes for a report. Once: `unknown` where GitHub may have done it. */
  async write<T>(
    repository: RepositoryRef,
    rights: ReportRights,
    request: { method: "POST" | "PATCH"; path: string; body: unknown },
    schema: v.GenericSchema<unknown, T>,
  ): Promise<WriteAnswer<T>> {
    const scope = scopeOf(repository, rights);
    const path = `${basePath(repository)}${request.path}`;
    const sent = await this.#send(scope, { ...request, path });
    if (sent.kind === "unsent") return sent.why;
    const answer = classifyWrite(sent.reply, this.#options.now());
    if (answer.kind !== "ok") {
      return answer.kind === "unknown" ? answer : this.#obey(answer, scope);
    }
    const parsed = v.safeParse(schema, answer.value);
    return parsed.success
      ? { kind: "ok", value: parsed.output }
      : { kind: "unknown", cause: "unreadable-answer" };
  }

  /** Asks in the name of the App itself. */
  async getAsApp<T>(path: string, schema: v.GenericSchema<unknown, T>): Promise<Answer<T>> {
    const silence = this.#silence(APP_ITSELF);
    if (silence !== null) return silence;
    const token = await this.#tokens.app();
    const reply = await exchange(this.#options, { method: "GET", path, token });
    if (isKeptBack(reply)) return NEXT_ALARM;
    return this.#read(reply, schema, APP_ITSELF);
  }

  /** Asks for something to be done that may be asked for twice without harm. */
  async post(repository: RepositoryRef, path: string): Promise<Answer<null>> {
    const url = `${basePath(repository)}${path}`;
    const scope = scopeOf(repository, "dispatch");
    const sent = await this.#send(scope, { method: "POST", path: url });
    if (sent.kind === "unsent") return sent.why;
    // A conflict: what was to be done is done, or there is nothing left to do it to.
    const status = sent.reply.kind === "reply" ? sent.reply.status : 0;
    if (status === 409) return { kind: "absent", cause: "status-409" };
    if (status >= 200 && status < 300) return { kind: "ok", value: null };
    const answer = this.#obey(classifyRead(sent.reply, this.#options.now()), scope);
    return answer.kind === "ok" ? { kind: "ok", value: null } : answer;
  }

  /** A text, such as a log; a redirect to where it is stored is followed without the token. */
  async text(repository: RepositoryRef, path: string): Promise<Answer<string>> {
    const url = `${basePath(repository)}${path}`;
    const sent = await this.#send(scopeOf(repository, "read"), { method: "GET", path: url });
    if (sent.kind === "unsent") return sent.why;
    const { reply } = sent;
    const location = reply.kind === "reply" ? reply.headers.get("location") : null;
    const stored = location === null ? reply : await download(this.#options, location);
    if (isKeptBack(stored)) return NEXT_ALARM;
    return stored.kind === "reply" && stored.status === 200
      ? { kind: "ok", value: stored.text }
      : { kind: "absent", cause: "no-log" };
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
    const scope = scopeOf(repository, "dispatch");
    const sent = await this.#send(scope, {
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
    return this.#obey(classifyDispatch(sent.reply, this.#options.now()), scope);
  }

  /** Keeps the time that a rate limit names; hands the answer on. */
  #obey<A extends Answer<unknown> | DispatchAnswer>(answer: A, scope: SilentScope): A {
    if (answer.kind === "later" && answer.notBeforeMs !== null) {
      const about = isForReports(scope) ? "reports" : "all";
      this.#silences.keep(scope.installationId, about, answer.notBeforeMs);
    }
    return answer;
  }

  /** The answer to a question that is better not asked now, or null. */
  #silence(scope: SilentScope): Later | null {
    const { installationId } = scope;
    const reports = isForReports(scope) ? this.#silences.until(installationId, "reports") : 0;
    const notBeforeMs = Math.max(this.#silences.until(installationId, "all"), reports);
    if (this.#options.now() >= notBeforeMs) return null;
    return { kind: "later", notBeforeMs, cause: "rate-limited", unasked: true };
  }

  #read<T>(reply: Reply, schema: v.GenericSchema<unknown, T>, scope: SilentScope): Answer<T> {
    const answer = this.#obey(classifyRead(reply, this.#options.now()), scope);
    if (answer.kind !== "ok") return answer;
    const parsed = v.safeParse(schema, answer.value);
    return parsed.success
      ? { kind: "ok", value: parsed.output }
      : { kind: "later", notBeforeMs: null, cause: "unreadable-answer" };
  }

  async #send(scope: TokenScope, request: Request): Promise<Sent> {
    const silence = this.#silence(scope);
    if (silence !== null) return { kind: "unsent", why: silence };
    const token = await this.#tokens.installation(scope);
    if (token.kind !== "ok") return { kind: "unsent", why: this.#obey(token, scope) };
    const reply = await this.#exchange(scope, { ...request, token: token.value });
    if (isKeptBack(reply)) return { kind: "unsent", why: NEXT_ALARM };
    if (reply.kind !== "reply" || reply.status !== 401) return { kind: "sent", reply };
    // A 401 was given before anything was done, so the same call may be sent again.
    const fresh = await this.#tokens.installation(scope, true);
    if (fresh.kind !== "ok") return { kind: "unsent", why: this.#obey(fresh, scope) };
    const again = await this.#exchange(scope, { ...request, token: fresh.value });
    return isKeptBack(again) ? { kind: "unsent", why: NEXT_ALARM } : { kind: "sent", reply: again };
  }

  /** Whatever the answer is, it may say that it was the last one for now. */
  async #exchange({ installationId }: SilentScope, call: Call): Promise<Reply> {
    const reply = await exchange(this.#options, call);
    const resetAt = reply.kind === "reply" ? spentUntil(reply, this.#options.now()) : null;
    if (resetAt !== null) this.#silences.keep(installationId, "all", resetAt);
    return reply;
  }
}

export type ReportRights = "people" | "checks" | "comments" | "issues";

/** What a limit counts for. */
type SilentScope = Pick<TokenScope, "installationId"> & {
  readonly rights: TokenScope["rights"] | "app";
};

/** The App's own calls have a limit of their own. */
const APP_ITSELF: SilentScope = { installationId: 0, rights: "app" };

/** Nothing has left: the alarm had sent all that it may. A redirect before it did nothing either. */
function isKeptBack(reply: Reply): boolean {
  return reply.kind === "broken" && reply.cause === ALARM_FULL;
}

function isForReports({ rights }: SilentScope): boolean {
  return rights !== "read" && rights !== "dispatch" && rights !== "app";
}

function scopeOf(repository: RepositoryRef, rights: TokenScope["rights"]): TokenScope {
  return { installationId: repository.installationId, repository: { id: repository.id }, rights };
}

function basePath(repository: { owner: string; name: string }): string {
  return `/repos/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}`;
}
