/**
 * Tokens of the App, each narrowed to one repository and to what the call at hand needs. The
 * narrowing is passed to `auth` by hand: the hook of auth-app ignores it and asks for a token with
 * every right of the installation.
 */
import { createAppAuth } from "@octokit/auth-app";
import { request } from "@octokit/request";
import type { Answer, Later } from "../domain/outcome.ts";
import { API_VERSION, USER_AGENT, type HttpOptions } from "./http.ts";

/** What GitHub asks for when it names no time itself. */
const DEFAULT_RATE_LIMIT_WAIT_MS = 60_000;

export interface AppCredentials {
  readonly appId: string;
  /** PKCS#8. */
  readonly privateKey: string;
}

/** Which repository a token is for: by id where it is known. `all` goes with `list` only. */
export interface TokenScope {
  readonly installationId: number;
  readonly repository: { readonly id: number } | { readonly name: string } | "all";
  readonly rights: keyof typeof PERMISSIONS;
}

const PERMISSIONS = {
  read: { metadata: "read", contents: "read", pull_requests: "read", actions: "read" },
  dispatch: { actions: "write" },
  list: { metadata: "read" },
  /** To look a person up; every installation grants it. */
  people: { metadata: "read" },
  checks: { checks: "write" },
  /** Either lets an App comment on a pull request, and react. */
  comments: { pull_requests: "write" },
  issues: { issues: "write" },
} as const;

export class Tokens {
  readonly #auth: ReturnType<typeof createAppAuth>;

  constructor(credentials: AppCredentials, options: HttpOptions) {
    const bounded: typeof fetch = (input, init) =>
      options
        .fetch(input, { ...init, signal: AbortSignal.timeout(options.timeoutMs) })
        .then(onlyWithToken);
    this.#auth = createAppAuth({
      appId: credentials.appId,
      privateKey: credentials.privateKey,
      request: request.defaults({
        baseUrl: options.baseUrl,
        headers: { "user-agent": USER_AGENT, "x-github-api-version": API_VERSION },
        request: { fetch: bounded },
      }),
      log: { warn: () => undefined, error: () => undefined },
    });
  }

  /** A token that speaks for the App itself: ten minutes, no repository. */
  async app(): Promise<string> {
    return (await this.#auth({ type: "app" })).token;
  }

  /** A narrowed token, from the cache where one is left. `refresh` mints a new one. */
  async installation(scope: TokenScope, refresh = false): Promise<Answer<string>> {
    try {
      const { token } = await this.#auth({
        type: "installation",
        installationId: scope.installationId,
        permissions: PERMISSIONS[scope.rights],
        refresh,
        ...narrowing(scope.repository),
      });
      return { kind: "ok", value: token };
    } catch (error) {
      return mintFailure(error);
    }
  }
}

/**
 * A success without a token (a proxy's page) becomes a failure here: auth-app would keep
 * `undefined` as the token for an hour, and GitHub's refusal of it would pass for a permission that
 * is missing.
 */
async function onlyWithToken(response: Response): Promise<Response> {
  if (!response.ok) return response;
  const text = await response.text();
  const headers = { "content-type": "application/json" };
  return tokenIn(text) === null
    ? Response.json({ message: "no token in the answer" }, { status: 502 })
    : new Response(text, { status: response.status, headers });
}

function tokenIn(text: string): string | null {
  try {
    const { token } = JSON.parse(text) as { token?: unknown };
    return typeof token === "string" && token !== "" ? token : null;
  } catch {
    return null;
  }
}

function narrowing(repository: TokenScope["repository"]) {
  if (repository === "all") return {};
  return "id" in repository
    ? { repositoryIds: [repository.id] }
    : { repositoryNames: [repository.name] };
}

function mintFailure(error: unknown): Answer<string> {
  const status = statusOf(error);
  const message = error instanceof Error ? error.message : "";
  if (status === 404) return { kind: "absent", cause: "installation-gone" };
  if (status === 422 && /permission/i.test(message)) {
    return {
      kind: "refused",
      reason: "permission-missing",
      remedy:
        "The installation has not granted what the relay needs (actions write, contents read, pull requests read). Accept the App's new permissions in the installation's settings.",
      status,
    };
  }
  if (status === 422) return { kind: "absent", cause: "repository-outside-installation" };
  return mintLater(status, error);
}

function mintLater(status: number | null, error: unknown): Later {
  const asked = askedWaitMs(error);
  const named = error instanceof Error && /rate limit|abuse detection/i.test(error.message);
  if (asked === null && status !== 429 && !named) {
    const cause = `token-refused-${status ?? "without-answer"}`;
    return { kind: "later", notBeforeMs: null, cause };
  }
  const notBeforeMs = Date.now() + (asked ?? DEFAULT_RATE_LIMIT_WAIT_MS);
  return { kind: "later", notBeforeMs, cause: "rate-limited" };
}

/** The wait that a refusal's headers ask for, or null. */
function askedWaitMs(error: unknown): number | null {
  const headers = (error as { response?: { headers?: Record<string, string> } }).response?.headers;
  const seconds = Number(headers?.["retry-after"] ?? Number.NaN);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const reset = Number(headers?.["x-ratelimit-reset"] ?? Number.NaN);
  const spent = headers?.["x-ratelimit-remaining"] === "0";
  return spent && Number.isFinite(reset) ? reset * 1000 - Date.now() : null;
}

function statusOf(error: unknown): number | null {
  const status = (error as { status?: unknown }).status;
  return typeof status === "number" ? status : null;
}
