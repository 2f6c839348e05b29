import { json } from "../answer.ts";
import type { Route } from "../router.ts";
import type { OidcIssuer } from "../oidc.ts";
import type { Room } from "./room.ts";

/** GitHub about itself, and the issuer of Actions' identity tokens. */
export function metaRoutes({ state }: Room, oidc: OidcIssuer): Route[] {
  const loopback = ["127.0.0.0/8", "::1/128"];
  return [
    {
      method: "GET",
      pattern: "/meta",
      auth: "open",
      handle: () =>
        json(200, {
          verifiable_password_authentication: false,
          hooks: loopback,
          web: loopback,
          api: loopback,
          git: loopback,
          actions: loopback,
        }),
    },
    {
      method: "GET",
      pattern: "/.well-known/openid-configuration",
      auth: "web",
      handle: () =>
        json(200, {
          issuer: state.url(),
          jwks_uri: `${state.url()}/.well-known/jwks`,
          subject_types_supported: ["public", "pairwise"],
          response_types_supported: ["id_token"],
          claims_supported: ["sub", "aud", "exp", "iat", "iss", "jti", "nbf", "ref", "repository"],
          id_token_signing_alg_values_supported: ["RS256"],
          scopes_supported: ["openid"],
        }),
    },
    {
      method: "GET",
      pattern: "/.well-known/jwks",
      auth: "web",
      handle: () => json(200, { keys: oidc.publicKeys() }),
    },
  ];
}
