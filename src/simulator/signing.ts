import { createHmac } from "node:crypto";

/** The `X-Hub-Signature-256` value that GitHub sends for exactly these bytes. */
export function signDelivery(secret: string, body: Uint8Array | string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** The older SHA-1 header, which GitHub still sends beside the other one. */
export function signDeliverySha1(secret: string, body: Uint8Array | string): string {
  return `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`;
}
