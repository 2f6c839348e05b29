/**
 * Values that the browser keeps for us and can neither read nor change: AES-GCM with a key of its
 * own for each purpose, so that a sealed form token is no session and a login is no form token.
 */

export type Purpose = "session" | "login" | "form";

export interface Sealer {
  /** Seals a JSON value; equal values give different texts. */
  seal(purpose: Purpose, value: unknown): Promise<string>;
  /** The value, or null for anything that this sealer did not seal for this purpose. */
  open(purpose: Purpose, sealed: string): Promise<unknown>;
}

const IV_BYTES = 12;
/** A browser drops cookies beyond 4 KiB; nothing longer was ever sealed here. */
const MAX_SEALED_CHARACTERS = 4_096;

/** Keys are derived from the secret by HKDF-SHA-256. */
export function createSealer(secret: string): Sealer {
  return {
    async seal(purpose, value) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const text = new TextEncoder().encode(JSON.stringify(value));
      const key = await deriveKey(secret, purpose);
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text);
      return encodeBytes(new Uint8Array([...iv, ...new Uint8Array(sealed)]));
    },
    async open(purpose, sealed) {
      const bytes = sealed.length > MAX_SEALED_CHARACTERS ? null : decodeBytes(sealed);
      if (bytes === null || bytes.length <= IV_BYTES) return null;
      const iv = bytes.subarray(0, IV_BYTES);
      const key = await deriveKey(secret, purpose);
      try {
        const text = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv },
          key,
          bytes.subarray(IV_BYTES),
        );
        return JSON.parse(new TextDecoder().decode(text)) as unknown;
      } catch {
        return null;
      }
    },
  };
}

/** Fresh characters from a cryptographic source, 6 bits each, fit for URLs. */
export function drawToken(bytes = 24): string {
  return encodeBytes(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** SHA-256 of a text, base64url: what PKCE calls S256. */
export async function digestText(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return encodeBytes(new Uint8Array(digest));
}

async function deriveKey(secret: string, purpose: Purpose): Promise<CryptoKey> {
  const encoder = new TextEncoder();
  const base = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, [
    "deriveKey",
  ]);
  const info = encoder.encode(`merge-relay dashboard ${purpose} 1`);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

function encodeBytes(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decodeBytes(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]+$/.test(text)) return null;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
