/**
 * Who speaks: a GitHub Actions run, by the OIDC token that GitHub signed for it. Keys come from the
 * issuer alone and are kept for a while; a key id that is not among them makes us look again, at
 * most twice a minute, so that a forged token cannot make us ask GitHub at will.
 */
import { decode, verifyWithJwks } from "hono/utils/jwt/jwt";
import * as v from "valibot";

const numericId = v.pipe(v.string(), v.regex(/^[1-9]\d{0,14}$/), v.transform(Number));
const claimsSchema = v.object({
  run_id: numericId,
  repository_id: numericId,
  /** `owner/name`. */
  repository: v.string(),
  actor_id: numericId,
  /** In full: `refs/heads/main`. */
  ref: v.string(),
  workflow_ref: v.string(),
  event_name: v.string(),
});

/** The claims that the relay decides on: numeric ids and the path of the workflow file. */
export type RunClaims = v.InferOutput<typeof claimsSchema>;

/**
 * The claims of a valid token for this audience, or null; never says why. `later`: the issuer's keys
 * were not to be had, so nobody knows.
 */
export type VerifyRunToken = (
  token: string,
  audience: string,
) => Promise<RunClaims | null | "later">;

type Keys = NonNullable<Parameters<typeof verifyWithJwks>[1]["keys"]>;

const KEYS_KEPT_MS = 600_000;
const LOOK_AGAIN_MS = 30_000;
const discoverySchema = v.object({ jwks_uri: v.string() });
const keysSchema = v.object({ keys: v.array(v.looseObject({ kid: v.string(), kty: v.string() })) });

export interface OidcOptions {
  readonly issuer: string;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** A verifier with a memory for keys. */
export function createRunTokenVerifier(options: OidcOptions): VerifyRunToken {
  const keysFor = createKeyMemory(options);
  return async (token, audience) => {
    const keyId = keyIdOf(token);
    if (keyId === null) return null;
    const keys = await keysFor(keyId);
    if (keys === "later") return keys;
    try {
      const payload = await verifyWithJwks(token, {
        keys,
        allowedAlgorithms: ["RS256"],
        verification: { iss: options.issuer, aud: audience },
      });
      // hono checks `exp` only where there is one.
      const claims = v.safeParse(claimsSchema, payload);
      return claims.success && typeof payload.exp === "number" ? claims.output : null;
    } catch {
      return null;
    }
  };
}

/** Keys as of the last answer; a failed look leaves them, and does not count as an answer. */
function createKeyMemory(options: OidcOptions): (keyId: string) => Promise<Keys | "later"> {
  let keys: Keys = [];
  let fetchedAt = Number.NEGATIVE_INFINITY;
  return async (keyId) => {
    const isKnown = (): boolean => keys.some(({ kid }) => kid === keyId);
    const age = options.now() - fetchedAt;
    if (age <= (isKnown() ? KEYS_KEPT_MS : LOOK_AGAIN_MS)) return keys;
    try {
      const fetched = await fetchKeys(options);
      keys = fetched;
      fetchedAt = options.now();
    } catch {
      return isKnown() ? keys : "later";
    }
    return keys;
  };
}

function keyIdOf(token: string): string | null {
  try {
    return decode(token).header.kid ?? "";
  } catch {
    return null;
  }
}

async function fetchKeys({ issuer, timeoutMs }: OidcOptions): Promise<Keys> {
  const read = async (url: string): Promise<unknown> => {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { "user-agent": "merge-relay", accept: "application/json" };
    const response = await fetch(url, { signal, headers, redirect: "manual" });
    if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
    return response.json();
  };
  const { jwks_uri } = v.parse(
    discoverySchema,
    await read(`${issuer}/.well-known/openid-configuration`),
  );
  if (new URL(jwks_uri).origin !== new URL(issuer).origin) return [];
  return v.parse(keysSchema, await read(jwks_uri)).keys;
}
