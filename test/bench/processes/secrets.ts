/** Keys of one run of the bench; no file holds them. */
import { generateKeyPairSync, randomBytes } from "node:crypto";

export interface BenchSecrets {
  readonly webhookSecret: string;
  /** PKCS#1, as GitHub hands it out. */
  readonly privateKey: string;
}

/** Fresh secrets. */
export function makeSecrets(): BenchSecrets {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    webhookSecret: randomBytes(32).toString("hex"),
    privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
  };
}
