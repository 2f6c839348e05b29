/**
 * Who speaks: a GitHub Actions run, by the OIDC token that GitHub signed for it. Keys come from the
 * issuer alone and are kept for a while; a key id that is not among them makes us look again, at
 * most twice a minute, so that a forged token cannot make us ask GitHub at will.
 */
import { decode, verifyWithJwks } from "hono/jwt";
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

/** The claims of a valid token for this audience, or null; never says why. */
export type VerifyRunToken = (token: string, audience: string) => Promise<RunClaims | null>;

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
  let keys: Keys = [];
  let fetchedAt = Number.NEGATIVE_INFINITY;
  const keysFor = async (keyId: string): Promise<Keys> => {
    const age = options.now() - fetchedAt;
    const known = keys.some(({ kid }) => kid === keyId);
    if (age > KEYS_KEPT_MS || (!known && age > LOOK_AGAIN_MS)) {
      fetchedAt = options.now();
      keys = await fetchKeys(options);
    }
    return keys;
  };
  return async (token, audience) => {
    try {
      const { kid } = decode(token).header;
      const payload = await verifyWithJwks(token, {
        keys: await keysFor(kid ?? ""),
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

async function fetchKeys({ issuer, timeoutMs }: OidcOptions): Promise<Keys> {
  const read = async (url: string): Promise<unknown> => {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { "user-agent": "merge-relay", accept: "application/json" };
    const response = await fetch(url, { signal, headers, redirect: "manual" });
    return response.ok ? response.json() : null;
  };
  const { jwks_uri } = v.parse(
    discoverySchema,
    await read(`${issuer}/.well-known/openid-configuration`),
  );
  if (new URL(jwks_uri).origin !== new URL(issuer).origin) return [];
  return v.parse(keysSchema, await read(jwks_uri)).keys;
}
