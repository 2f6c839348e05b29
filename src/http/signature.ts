/** Whether GitHub signed these bytes. Says yes or no, never why, and never throws. */

export type Verify = (body: Uint8Array<ArrayBuffer>, signature: string | null) => Promise<boolean>;

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;
const FORM = /^sha256=([0-9a-f]{64})$/;

/**
 * A check against the secrets in order, by WebCrypto, which compares in constant time. The bytes are
 * checked as they came and each key is made once: Octokit's check takes text, so that every delivery,
 * used or not, would be decoded and encoded again, and makes the key anew each time (a third of what
 * taking a delivery costs). A test holds this one to Octokit's answers.
 */
export function createVerifier(secrets: readonly string[]): Verify {
  // The keys and not their promises: one request must not wait for what another one has begun.
  let keys: readonly CryptoKey[] | null = null;
  return async (body, signature) => {
    const digest = digestIn(signature);
    if (digest === null) return false;
    keys ??= await Promise.all(secrets.map(importKey));
    for (const key of keys) {
      // The key knows its digest; a name alone is read faster than an object.
      if (await crypto.subtle.verify(HMAC.name, key, digest, body)) return true;
    }
    return false;
  };
}

function importKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), HMAC, false, ["verify"]);
}

/** The 32 bytes that a header holds; null for any other form, upper case included. */
function digestIn(signature: string | null): Uint8Array<ArrayBuffer> | null {
  const [, hex] = FORM.exec(signature ?? "") ?? [];
  if (hex === undefined) return null;
  const bytes = new Uint8Array(32);
  for (let at = 0; at < 32; at += 1) {
    bytes[at] = 16 * valueOf(hex.charCodeAt(2 * at)) + valueOf(hex.charCodeAt(2 * at + 1));
  }
  return bytes;
}

/** Of one lower-case hexadecimal digit, by its code. */
function valueOf(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}
