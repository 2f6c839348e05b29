/**
 * The App's key in the form that WebCrypto takes. GitHub hands out PKCS#1; WebCrypto reads PKCS#8
 * only, and without this the fault would show at the first dispatch and not at the start.
 */
import { createPrivateKey } from "node:crypto";

export type PrivateKey =
  | { readonly kind: "usable"; readonly pkcs8: string }
  /** What it is instead, to follow “it”; never a part of the text. */
  | { readonly kind: "unusable"; readonly why: string };

/** Reads a PEM with real newlines or the two characters `\n`, PKCS#1 or PKCS#8. Never throws. */
export function readPrivateKey(text: string): PrivateKey {
  const pem = text.replaceAll("\\r", "").replaceAll("\\n", "\n").trim();
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== "rsa") return { kind: "unusable", why: ANOTHER_KIND };
    return { kind: "usable", pkcs8: key.export({ type: "pkcs8", format: "pem" }).toString() };
  } catch {
    return { kind: "unusable", why: nameFault(pem) };
  }
}

const ANOTHER_KIND = "is a key of another kind than RSA, so it is not one that GitHub gave";

/** The mistakes that people make; the first that fits is told. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z ]*PUBLIC KEY-----|-----BEGIN CERTIFICATE/,
    "is a public key, not the private one",
  ],
  [/-----BEGIN OPENSSH PRIVATE KEY-----/, "is an SSH key, not one that GitHub gave for the App"],
  [/-----BEGIN (?:EC|DSA) PRIVATE KEY-----/, ANOTHER_KIND],
  [/ENCRYPTED/, "is protected by a passphrase, which nobody types in for a relay"],
  [/^["'`]/, "begins with a quotation mark, which is no part of it"],
  [/^LS0tLS1CRUdJTi/, "is the key in base64 once more: it must be the file's text itself"],
  [/^[^\n]*\.pem$/, "is a file's name: it must be the file's text"],
  [/^(?![\s\S]*-----BEGIN )/, "has no line -----BEGIN RSA PRIVATE KEY-----"],
  [/^(?![\s\S]*-----END )/, "is cut off: the line -----END RSA PRIVATE KEY----- is missing"],
  [/^[^\n]*$/, "has lost its line breaks: keep them, or write each as \\n"],
];

function nameFault(pem: string): string {
  return FAULTS.find(([pattern]) => pattern.test(pem))?.[1] ?? "is damaged: it cannot be decoded";
}
