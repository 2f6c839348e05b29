/** Where a sign-in may lead back to: a path of this origin, and nothing else. */

/** A base that no path escapes to unnoticed. */
const BASE = "https://relay.invalid";

/**
 * The path with its query, if `to` is one of this origin; otherwise `/`. Browsers read `//host`,
 * `/\host` and a tab within as another origin: what counts is what a URL parser makes of it.
 */
export function localPath(to: string | null): string {
  if (to === null || !to.startsWith("/") || !URL.canParse(to, BASE)) return "/";
  const { origin, pathname, search } = new URL(to, BASE);
  return origin === BASE && !pathname.startsWith("//") ? `${pathname}${search}` : "/";
}
