/** Whether a form was sent from a page of ours, as the browser itself says. */

/**
 * Browsers state the origin of every form they send, and pages cannot change these headers. A
 * request that states neither is no browser's form.
 */
export function isFromOurPage(request: Request): boolean {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  if (origin === null && site === null) return false;
  if (site !== null && site !== "same-origin") return false;
  return origin === null || origin === new URL(request.url).origin;
}
