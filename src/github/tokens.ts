/**
 * Tokens of the App, each narrowed to one repository and to what the call at hand needs. The
 * narrowing is passed to `auth` by hand: the hook of auth-app ignores it and asks for a token with
 * every right of the installation.
 */
import { createAppAuth } from "@octokit/auth-app";
import { ALARM_FULL, NEXT_ALARM } from "../domain/alarm-full.ts";
import type { Answer, Later } from "../domain/outcome.ts";
import type { HttpOptions } from "./http.ts";
import { createMintRequest, MintRefusal } from "./mint-request.ts";

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
    this.#auth = createAppAuth({
      appId: credentials.appId,
      privateKey: credentials.privateKey,
      request: createMintRequest(options),
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

function narrowing(repository: TokenScope["repository"]) {
  if (repository === "all") return {};
  return "id" in repository
    ? { repositoryIds: [repository.id] }
    : { repositoryNames: [repository.name] };
}

function mintFailure(error: unknown): Answer<string> {
  const refusal =
    error instanceof MintRefusal ? error : new MintRefusal("the key is unusable", null, null);
  const { status, message } = refusal;
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
  return mintLater(refusal);
}

function mintLater({ status, message, headers }: MintRefusal): Later {
  if (message === ALARM_FULL && status === null) return NEXT_ALARM;
  const asked = headers === null ? null : askedWaitMs(headers);
  if (asked === null && status !== 429 && !/rate limit|abuse detection/i.test(message)) {
    const cause = `token-refused-${status ?? "without-answer"}`;
    return { kind: "later", notBeforeMs: null, cause };
  }
  const notBeforeMs = Date.now() + (asked ?? DEFAULT_RATE_LIMIT_WAIT_MS);
  return { kind: "later", notBeforeMs, cause: "rate-limited" };
}

/** The wait that a refusal's headers ask for, or null. */
function askedWaitMs(headers: Headers): number | null {
  const seconds = numberIn(headers, "retry-after");
  if (Number.isFinite(seconds)) return seconds * 1000;
  const reset = numberIn(headers, "x-ratelimit-reset");
  const spent = headers.get("x-ratelimit-remaining") === "0";
  return spent && Number.isFinite(reset) ? reset * 1000 - Date.now() : null;
}

function numberIn(headers: Headers, name: string): number {
  return Number(headers.get(name) ?? Number.NaN);
}
