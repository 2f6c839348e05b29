/** Whether GitHub signed these bytes. Says yes or no, never why, and never throws. */
import { Webhooks } from "@octokit/webhooks";

export type Verify = (body: Uint8Array, signature: string | null) => Promise<boolean>;

/**
 * A check against the secrets in order. Octokit's own comparison is constant-time, but its web
 * build throws on malformed hex, takes upper case, and takes a signature without its prefix; so the
 * form is checked first.
 */
export function createVerifier(secrets: readonly string[]): Verify {
  const verifiers = secrets.map((secret) => new Webhooks({ secret }));
  return async (body, signature) => {
    const text = textOf(body);
    if (signature === null || !/^sha256=[0-9a-f]{64}$/.test(signature) || text === "") return false;
    for (const webhooks of verifiers) {
      if (await webhooks.verify(text, signature)) return true;
    }
    return false;
  };
}

/** What was signed; empty for what is no UTF-8, which GitHub never sends. A BOM is part of the bytes. */
function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return "";
  }
}
