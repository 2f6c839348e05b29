/** Where a list goes on. Only the query is read: no address out of a header is ever asked. */

/** The query of the page after this one, or null on the last. */
export function nextPageQuery(headers: Headers): URLSearchParams | null {
  const link = headers.get("link") ?? "";
  const next = /<([^<>]+)>\s*;[^<,]*rel="?next"?/.exec(link)?.[1];
  return next !== undefined && URL.canParse(next) ? new URL(next).searchParams : null;
}
