/** The dashboard's two cookies: the session, and the sign-in that is under way. */

const NAMES = { session: "mr-session", login: "mr-login" } as const;
export type CookieName = keyof typeof NAMES;

/**
 * True where a browser keeps our cookies: https, and http to this very machine. Elsewhere a session
 * would cross the network in the open.
 */
export function isPrivateOrigin(url: URL): boolean {
  return url.protocol === "https:" || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
}

/** The value of a cookie in a request, or null. */
export function readCookie(request: Request, name: CookieName): string | null {
  const wanted = fullCookieName(new URL(request.url), name);
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const [key = "", value = ""] = part.trim().split("=", 2);
    if (key === wanted) return value;
  }
  return null;
}

/** A `Set-Cookie` that only this origin, only http, and no page of another site's form can use. */
export function writeCookie(
  url: URL,
  name: CookieName,
  value: string,
  maxAgeSeconds: number,
): string {
  const secure = url.protocol === "https:" ? "; Secure" : "";
  const age = Math.max(0, Math.floor(maxAgeSeconds));
  return `${fullCookieName(url, name)}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure}`;
}

/** `__Host-` binds a cookie to the host; browsers take the prefix over https only. */
function fullCookieName(url: URL, name: CookieName): string {
  return `${url.protocol === "https:" ? "__Host-" : ""}${NAMES[name]}`;
}
