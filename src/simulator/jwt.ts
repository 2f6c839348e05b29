import { createSign, createVerify, type KeyObject } from "node:crypto";

export type Claims = Record<string, unknown>;

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(part: string | undefined): Claims | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Claims) : null;
  } catch {
    return null;
  }
}

/** Signs claims as an RS256 JSON Web Token. */
export function signJwt(key: KeyObject, claims: Claims, keyId?: string): string {
  const header = { alg: "RS256", typ: "JWT", ...(keyId === undefined ? {} : { kid: keyId }) };
  const unsigned = `${encode(header)}.${encode(claims)}`;
  const signature = createSign("RSA-SHA256").update(unsigned).sign(key, "base64url");
  return `${unsigned}.${signature}`;
}

/** Why GitHub refuses an App's token, in GitHub's own words; or its issuer. */
export type JwtVerdict = { ok: true; issuer: string } | { ok: false; message: string };

const UNDECODABLE = "A JSON web token could not be decoded";
const LONGEST_LIFE_SECONDS = 600;
const CLOCK_TOLERANCE_SECONDS = 5;

function judgeTimes(claims: Claims, nowSeconds: number): string | null {
  const { iat, exp } = claims;
  if (typeof exp !== "number") {
    return "Missing 'exp' claim ('Expiration time') in assertion";
  }
  if (typeof iat !== "number") {
    return "Missing 'iat' claim ('Issued at') in assertion";
  }
  if (exp <= nowSeconds) {
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  }
  if (iat > nowSeconds + CLOCK_TOLERANCE_SECONDS) {
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  }
  return exp > nowSeconds + LONGEST_LIFE_SECONDS + CLOCK_TOLERANCE_SECONDS
    ? "'Expiration time' claim ('exp') is too far in the future"
    : null;
}

/**
 * Judges an App's JWT as GitHub does: RS256 by any of the App's current keys, issued in the past,
 * not expired, and living ten minutes at most.
 */
export function judgeAppJwt(
  token: string,
  keys: readonly KeyObject[],
  nowSeconds: number,
): JwtVerdict {
  const [head, body, signature] = token.split(".");
  const header = decode(head);
  const claims = decode(body);
  if (header?.["alg"] !== "RS256" || claims === null || signature === undefined) {
    return { ok: false, message: UNDECODABLE };
  }
  const signed = keys.some((key) =>
    createVerify("RSA-SHA256").update(`${head}.${body}`).verify(key, signature, "base64url"),
  );
  if (!signed) {
    return { ok: false, message: UNDECODABLE };
  }
  const problem = judgeTimes(claims, nowSeconds);
  return problem === null
    ? { ok: true, issuer: String(claims["iss"]) }
    : { ok: false, message: problem };
}
