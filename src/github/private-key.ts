/**
 * The App's key in the form that WebCrypto takes. GitHub hands out PKCS#1; WebCrypto reads PKCS#8
 * only, and without this the fault would show at the first dispatch and not at the start.
 */
import { createPrivateKey } from "node:crypto";

export type PrivateKey =
  | { readonly kind: "usable"; readonly pkcs8: string }
  | { readonly kind: "unusable" };

/** Reads a PEM with real newlines or the two characters `\n`, PKCS#1 or PKCS#8. Never throws. */
export function readPrivateKey(text: string): PrivateKey {
  try {
    const key = createPrivateKey(text.replaceAll("\\n", "\n").trim());
    if (key.asymmetricKeyType !== "rsa") return { kind: "unusable" };
    return { kind: "usable", pkcs8: key.export({ type: "pkcs8", format: "pem" }).toString() };
  } catch {
    return { kind: "unusable" };
  }
}
