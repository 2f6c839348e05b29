import { createHash, createPublicKey } from "node:crypto";

/** As GitHub's settings page shows a key: the hash of its public half. Takes a usable private PEM. */
export function fingerprintOf(pem: string): string {
  const der = createPublicKey(pem).export({ type: "spki", format: "der" });
  return `SHA256:${createHash("sha256").update(der).digest("base64")}`;
}
