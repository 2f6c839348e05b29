/** Whether GitHub signed these bytes. Says yes or no, never why, and never throws. */
import { Webhooks } from "@octokit/webhooks";

/** The body as text: empty, and so unsigned, when it is no UTF-8, which GitHub never sends. */
export type Verify = (body: string, signature: string | null) => Promise<boolean>;

/**
 * A check against the secrets in order. Octokit's own comparison is constant-time, but its web
 * build throws on malformed hex, takes upper case, and takes a signature without its prefix; so the
 * form is checked first.
 */
export function createVerifier(secrets: readonly string[]): Verify {
  const verifiers = secrets.map((secret) => new Webhooks({ secret }));
  return async (body, signature) => {
    if (signature === null || !/^sha256=[0-9a-f]{64}$/.test(signature) || body === "") return false;
    for (const webhooks of verifiers) {
      if (await webhooks.verify(body, signature)) return true;
    }
    return false;
  };
}
