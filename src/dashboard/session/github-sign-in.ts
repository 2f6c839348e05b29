/**
 * The App's web flow at GitHub: where the browser is sent, and what its code is worth. No scope is
 * asked for: an App's user token reaches what both the App and the person reach, no more.
 */
import * as v from "valibot";
import type { DashboardSettings } from "../../config.ts";

export interface Grant {
  readonly token: string;
  /** Milliseconds; null: it does not end by itself. */
  readonly tokenEndsAt: number | null;
  readonly refreshToken: string | null;
}

export type GrantAnswer =
  | { readonly kind: "granted"; readonly grant: Grant }
  /** GitHub does not take the code or the refresh token. */
  | { readonly kind: "refused" }
  | { readonly kind: "later" };

export type PersonAnswer =
  | { readonly kind: "person"; readonly id: number; readonly login: string }
  | { readonly kind: "refused" }
  | { readonly kind: "later" };

export interface SignInOptions {
  readonly apiUrl: string;
  readonly webUrl: string;
  readonly timeoutMs: number;
  readonly credentials: DashboardSettings;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

const tokenSchema = v.object({
  access_token: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
  token_type: v.literal("bearer"),
  expires_in: v.optional(v.number()),
  refresh_token: v.optional(v.pipe(v.string(), v.maxLength(1_024))),
});
const personSchema = v.object({ id: v.number(), login: v.string() });

export type GitHubSignIn = ReturnType<typeof createGitHubSignIn>;

/** Nobody waits longer to be signed out. */
const REVOKE_TIMEOUT_MS = 3_000;

/** The exchanges of a sign-in, and its end. None throws for anything that GitHub or the network does. */
export function createGitHubSignIn(options: SignInOptions) {
  const { clientId } = options.credentials;
  return {
    /** The address at GitHub where the person agrees. */
    authorizeUrl(request: { redirectUri: string; state: string; challenge: string }): string {
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: request.redirectUri,
        state: request.state,
        code_challenge: request.challenge,
        code_challenge_method: "S256",
      });
      return `${options.webUrl}/login/oauth/authorize?${query.toString()}`;
    },
    exchangeCode: (code: string, redirectUri: string, verifier: string): Promise<GrantAnswer> =>
      askForToken(options, { code, redirect_uri: redirectUri, code_verifier: verifier }),
    refresh: (refreshToken: string): Promise<GrantAnswer> =>
      askForToken(options, { grant_type: "refresh_token", refresh_token: refreshToken }),
    /** Whose token it is. */
    async whoIs(token: string): Promise<PersonAnswer> {
      const reply = await ask(options, `${options.apiUrl}/user`, {
        authorization: `Bearer ${token}`,
      });
      if (reply.status === 401 || reply.status === 403) return { kind: "refused" };
      const person = v.safeParse(personSchema, reply.body);
      return person.success ? { kind: "person", ...person.output } : { kind: "later" };
    },
    /** Ends a token at GitHub; best effort, within three seconds. */
    async revoke(token: string): Promise<void> {
      const { clientSecret } = options.credentials;
      const timeoutMs = Math.min(options.timeoutMs, REVOKE_TIMEOUT_MS);
      const url = `${options.apiUrl}/applications/${encodeURIComponent(clientId)}/token`;
      await ask({ ...options, timeoutMs }, url, {
        method: "DELETE",
        authorization: `Basic ${btoa(`${clientId}:${clientSecret.reveal()}`)}`,
        body: JSON.stringify({ access_token: token }),
      });
    },
  };
}

async function askForToken(
  options: SignInOptions,
  fields: Readonly<Record<string, string>>,
): Promise<GrantAnswer> {
  const { clientId, clientSecret } = options.credentials;
  const form = new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret.reveal(),
    ...fields,
  });
  const reply = await ask(options, `${options.webUrl}/login/oauth/access_token`, {
    method: "POST",
    body: form,
  });
  const parsed = v.safeParse(tokenSchema, reply.body);
  // OAuth's refusals come with 200 as well as with 4xx; only a broken GitHub is worth another try.
  if (!parsed.success) return { kind: refuses(reply) ? "refused" : "later" };
  const { access_token: token, expires_in: seconds, refresh_token: refresh } = parsed.output;
  const tokenEndsAt = seconds === undefined ? null : options.now() + seconds * 1_000;
  return { kind: "granted", grant: { token, tokenEndsAt, refreshToken: refresh ?? null } };
}

interface Reply {
  /** 0: no whole answer. */
  readonly status: number;
  readonly body: unknown;
}

function refuses({ status, body }: Reply): boolean {
  return status >= 200 && status < 500 && status !== 429 && typeof body === "object";
}

async function ask(
  options: SignInOptions,
  url: string,
  about: { method?: "POST" | "DELETE"; authorization?: string; body?: URLSearchParams | string },
): Promise<Reply> {
  const { authorization, ...request } = about;
  const headers = { accept: "application/json", "user-agent": "merge-relay" };
  try {
    const response = await options.fetch(url, {
      ...request,
      headers: authorization === undefined ? headers : { ...headers, authorization },
      redirect: "manual",
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    return { status: response.status, body: JSON.parse(await response.text()) as unknown };
  } catch {
    return { status: 0, body: undefined };
  }
}
