/** From what a page handler came to, to a response with everything that guards a page. */
import { renderDocument, type Viewer } from "./layout.tsx";
import { WINDOW_SECONDS } from "../rate-limit.ts";
import type { Page } from "./shown.ts";

/** Files of this origin only; no inline style or script, no frame, forms to ourselves. */
const CONTENT_POLICY = [
  "default-src 'none'",
  ...["style", "script", "img", "connect"].map((kind) => `${kind}-src 'self'`),
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const GUARDS = {
  "content-security-policy": CONTENT_POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  // With "no-referrer" a browser would hide the origin of our own forms, too.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

/** When it is worth another try, by status. */
const WAIT_SECONDS: Readonly<Record<number, number>> = { 429: WINDOW_SECONDS, 503: 10 };

/** A page as a document. */
export function respondPage(url: URL, shown: Page, viewer: Viewer | null): Response {
  const headers = guardedHeaders(url);
  headers.set("content-type", "text/html; charset=utf-8");
  const wait = WAIT_SECONDS[shown.status];
  if (wait !== undefined) headers.set("retry-after", String(wait));
  const document = renderDocument(shown, viewer, url.pathname);
  return new Response(document, { status: shown.status, headers });
}

/** 303: the browser asks for the other address by GET. `to` is an address that we made. */
export function respondRedirect(url: URL, to: string, cookies: readonly string[] = []): Response {
  const headers = guardedHeaders(url);
  headers.set("location", to);
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 303, headers });
}

function guardedHeaders(url: URL): Headers {
  const headers = new Headers(GUARDS);
  if (url.protocol === "https:") {
    headers.set("strict-transport-security", "max-age=15552000; includeSubDomains");
  }
  return headers;
}
