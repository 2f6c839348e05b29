/** Who is signed in, as the sealed cookie holds it. Nothing is kept on the server. */
import * as v from "valibot";
import type { Grant } from "./github-sign-in.ts";
import type { Sealer } from "./seal.ts";

/** A session ends after a working day, whatever the token would still allow. */
export const SESSION_LIFE_MS = 8 * 3_600_000;
/** A token that ends within this time counts as over: a page must not fail half-way. */
const TOKEN_MARGIN_MS = 60_000;

const sessionSchema = v.object({
  token: v.pipe(v.string(), v.minLength(1)),
  /** Milliseconds; null: GitHub named no end. */
  tokenEndsAt: v.nullable(v.number()),
  refreshToken: v.nullable(v.string()),
  login: v.string(),
  id: v.number(),
  endsAt: v.number(),
  /** What form tokens are bound to. */
  nonce: v.string(),
});
export type Session = Readonly<v.InferOutput<typeof sessionSchema>>;

/** A session for somebody who has just signed in. */
export function beginSession(
  grant: Grant,
  person: { id: number; login: string },
  fresh: { nonce: string; now: number },
): Session {
  return { ...grant, ...person, nonce: fresh.nonce, endsAt: fresh.now + SESSION_LIFE_MS };
}

/** The session in a cookie's value; null when it is changed, foreign, malformed or over. */
export async function openSession(
  sealer: Sealer,
  value: string | null,
  now: number,
): Promise<Session | null> {
  if (value === null) return null;
  const parsed = v.safeParse(sessionSchema, await sealer.open("session", value));
  return parsed.success && parsed.output.endsAt > now ? parsed.output : null;
}

/** True when the token has to be exchanged for a new one first. */
export function isTokenOver({ tokenEndsAt }: Session, now: number): boolean {
  return tokenEndsAt !== null && tokenEndsAt - TOKEN_MARGIN_MS <= now;
}
