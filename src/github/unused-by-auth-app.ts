/**
 * What stands in the bundle for packages that auth-app imports and the relay has no use for (`alias`
 * in `wrangler.toml`): signing in with OAuth, since tokens of the App and of its installations need
 * none of it; and auth-app's own HTTP, since it is given ours. Whoever calls one of them hears so.
 */
export function createOAuthAppAuth(): () => never {
  return refuse;
}

export function createOAuthUserAuth(): () => never {
  return refuse;
}

export function requiresBasicAuth(): never {
  return refuse();
}

export const request = { defaults: refuse };

function refuse(): never {
  throw new Error("the relay is built without this part of auth-app");
}
