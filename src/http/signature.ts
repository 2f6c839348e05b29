/** Whether GitHub signed these bytes. Says yes or no, never why, and never throws. */

export type Verify = (body: Uint8Array, signature: string | null) => Promise<boolean>;

/**
 * A check against the secrets in order. WebCrypto compares in constant time, and each key is made
 * once: the usual library makes it anew for each delivery, and text out of the bytes and bytes out
 * of the text.
 */
export function createVerifier(secrets: readonly string[]): Verify {
  // The keys and not their promises: one request must not wait for what another one has begun.
  let keys: readonly CryptoKey[] | null = null;
  return async (body, signature) => {
    const digest = digestIn(signature);
    if (digest === null || body.byteLength === 0) return false;
    keys ??= await Promise.all(secrets.map(importKey));
    for (const key of keys) {
      if (await crypto.subtle.verify("HMAC", key, digest, body)) return true;
    }
    return false;
  };
}

function importKey(secret: string): Promise<CryptoKey> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), hmac, false, ["verify"]);
}

/** The 32 bytes that a header holds; null for any other form, upper case included. */
function digestIn(signature: string | null): Uint8Array | null {
  if (signature === null || !/^sha256=[0-9a-f]{64}$/.test(signature)) return null;
  const digest = new Uint8Array(32);
  for (let index = 0; index < digest.length; index++) {
    digest[index] = Number.parseInt(signature.slice(7 + 2 * index, 9 + 2 * index), 16);
  }
  return digest;
}
