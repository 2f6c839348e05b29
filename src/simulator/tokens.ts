import { randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { signJwt, judgeAppJwt } from "./jwt.ts";
import type { Principal } from "./principal.ts";
import { account } from "./world/accounts.ts";
import type { Permissions, WorldState } from "./world/state.ts";

const TOKEN_LIFE_MILLISECONDS = 3_600_000;

interface Held {
  readonly principal: Principal;
  readonly expiresAt: number | null;
}

/** What an `Authorization` header is worth. */
type Identified = { ok: true; principal: Principal } | { ok: false; message: string };

export interface TokenStore {
  /** Mints an installation token that lives an hour. */
  mintInstallationToken(
    principal: Principal & { kind: "installation" },
    stateless: boolean,
  ): { token: string; expiresAt: number };
  /** Gives out a user's token of any kind. */
  mintUserToken(
    principal: Principal & { login: string },
    shape?: { prefix?: string; expiresAt?: number },
  ): string;
  /** Revokes one token. */
  revoke(token: string): void;
  /** Revokes every token of a person. */
  revokeAll(login: string): void;
  identify(authorization: string | undefined): Identified;
}

function unguessable(prefix: string, length: number): string {
  const letters = randomBytes(length).toString("base64url").replace(/[-_]/g, "0");
  return `${prefix}${letters.slice(0, length)}`;
}

/** The long shape of installation tokens that GitHub has been rolling out: dots and all. */
function statelessToken(state: WorldState, key: KeyObject, expiresAt: number): string {
  const claims = { exp: Math.floor(expiresAt / 1000), jti: unguessable("", 24) };
  return `ghs_${state.app.id}_${signJwt(key, claims)}`;
}

const PREFIXES = { classic: "ghp_", "fine-grained": "github_pat_", "app-user": "ghu_" } as const;

function readScheme(authorization: string): { scheme: string; value: string } {
  const [scheme = "", value = ""] = authorization.trim().split(/\s+/, 2);
  return { scheme: scheme.toLowerCase(), value };
}

function identifyJwt(state: WorldState, jwt: string): Identified {
  const verdict = judgeAppJwt(jwt, state.appKeys, Math.floor(state.now() / 1000));
  if (!verdict.ok) {
    return verdict;
  }
  return verdict.issuer === String(state.app.id) || verdict.issuer === state.app.clientId
    ? { ok: true, principal: { kind: "app" } }
    : { ok: false, message: "'Issuer' claim ('iss') must be an Integer" };
}

/** Keeps every token that was given out; `signingKey` signs the stateless shape. */
export function createTokenStore(state: WorldState, signingKey: KeyObject): TokenStore {
  const held = new Map<string, Held>();
  return {
    mintInstallationToken(principal, stateless) {
      const expiresAt = state.now() + TOKEN_LIFE_MILLISECONDS;
      const token = stateless
        ? statelessToken(state, signingKey, expiresAt)
        : unguessable("ghs_", 36);
      held.set(token, { principal, expiresAt });
      return { token, expiresAt };
    },
    mintUserToken(principal, { prefix, expiresAt = null as number | null } = {}) {
      account(state, principal.login);
      const kind = principal.kind as keyof typeof PREFIXES;
      const token = unguessable(prefix ?? PREFIXES[kind], 36);
      held.set(token, { principal, expiresAt });
      return token;
    },
    revoke: (token) => void held.delete(token),
    revokeAll(login) {
      for (const [token, { principal }] of held) {
        if ("login" in principal && principal.login === login) held.delete(token);
      }
    },
    identify(authorization) {
      if (authorization === undefined) {
        return { ok: true, principal: { kind: "anonymous" } };
      }
      const { scheme, value } = readScheme(authorization);
      if (scheme === "bearer" && value.split(".").length === 3 && !value.startsWith("ghs_")) {
        return identifyJwt(state, value);
      }
      const known = scheme === "bearer" || scheme === "token" ? held.get(value) : undefined;
      const alive = known !== undefined && (known.expiresAt ?? Infinity) > state.now();
      return alive && isStillInstalled(state, known.principal)
        ? { ok: true, principal: known.principal }
        : { ok: false, message: "Bad credentials" };
    },
  };
}

function isStillInstalled(state: WorldState, principal: Principal): boolean {
  return principal.kind !== "installation" || state.installations.has(principal.installationId);
}

/** Verbs that hand out people's tokens. */
export function tokenVerbs(state: WorldState, tokens: TokenStore) {
  return {
    /** A classic personal token with OAuth scopes. */
    classicToken: (login: string, scopes: readonly string[] = ["repo"]): string =>
      tokens.mintUserToken({ kind: "classic", login, scopes }),
    /** A token of an OAuth App, such as `gh auth token` prints. */
    oauthToken: (login: string, scopes: readonly string[] = ["repo"]): string =>
      tokens.mintUserToken({ kind: "classic", login, scopes }, { prefix: "gho_" }),
    /** A fine-grained personal token; no repositories means all that the person can reach. */
    fineGrainedToken: (
      login: string,
      permissions: Permissions,
      repositoryIds: readonly number[] | null = null,
    ): string => tokens.mintUserToken({ kind: "fine-grained", login, permissions, repositoryIds }),
    /** A user token of this App, or (`own` false) of some other App. */
    appUserToken: (login: string, own = true): string =>
      tokens.mintUserToken({ kind: "app-user", login, own }),
    /** Makes a token useless at once. */
    revokeToken: (token: string): void => tokens.revoke(token),
    /** Makes every token of a person useless, as they can on GitHub's page. */
    revokeUserTokens: (login: string): void => tokens.revokeAll(login),
    /** Finds or makes an account. */
    addUser: (login: string) => account(state, login),
  };
}
