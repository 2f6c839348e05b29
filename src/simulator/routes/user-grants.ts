import { randomBytes } from "node:crypto";
import { json, type Answer } from "../answer.ts";
import type { Room } from "./room.ts";

const REFRESH_LIFE_SECONDS = 15_897_600;

interface Refresh {
  readonly login: string;
  /** Worth nothing either, once the pair was exchanged. */
  readonly token: string;
  readonly expiresAt: number;
}

/** How long the App's user tokens live, and what can be exchanged for the next ones. */
export interface UserGrants {
  lifeSeconds: number;
  readonly refreshes: Map<string, Refresh>;
}

/** Tokens of eight hours, as GitHub's default. */
export function createUserGrants(): UserGrants {
  return { lifeSeconds: 28_800, refreshes: new Map() };
}

/** A user token that ends, with what it is exchanged by. */
export function grantToken(room: Room, grants: UserGrants, login: string): Answer {
  const { lifeSeconds, refreshes } = grants;
  const now = room.state.now();
  const principal = { kind: "app-user", login, own: true } as const;
  const token = room.tokens.mintUserToken(principal, { expiresAt: now + lifeSeconds * 1_000 });
  const refreshToken = `ghr_${randomBytes(36).toString("hex")}`;
  refreshes.set(refreshToken, { login, token, expiresAt: now + REFRESH_LIFE_SECONDS * 1_000 });
  return json(200, {
    access_token: token,
    expires_in: lifeSeconds,
    refresh_token: refreshToken,
    refresh_token_expires_in: REFRESH_LIFE_SECONDS,
    scope: "",
    token_type: "bearer",
  });
}

/** Exchanges a refresh token, once; the pair that it belongs to is worth nothing afterwards. */
export function exchangeRefresh(room: Room, grants: UserGrants, given: string): Answer | null {
  const refresh = grants.refreshes.get(given);
  grants.refreshes.delete(given);
  if (refresh === undefined || refresh.expiresAt <= room.state.now()) return null;
  room.tokens.revoke(refresh.token);
  return grantToken(room, grants, refresh.login);
}
