/**
 * What keeps a browser from making anything of an answer that is meant for a program. The pages of
 * people get more from their middleware.
 */
export const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=15552000; includeSubDomains",
  "x-content-type-options": "nosniff",
  // What one caller is told is no other caller's.
  "cache-control": "no-store",
} as const;

/** The same for answers that are not counted in microseconds: what browsers of all ages honour. */
export const MACHINES_HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
};
