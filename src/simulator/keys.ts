import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { AppKeys } from "./world/state.ts";

export interface GeneratedKey extends AppKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Makes a fresh 2048-bit RSA key, in the form that GitHub hands out (PKCS#1) and in PKCS#8. */
export async function generateAppKey(): Promise<GeneratedKey> {
  const pair = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const privateKey = createPrivateKey(pair.privateKey);
  return {
    privateKey,
    publicKey: createPublicKey(privateKey),
    privateKeyPkcs1: pair.privateKey,
    privateKeyPkcs8: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
