/** Errors as RFC 9457 problems; the one room that knows status codes. */
import { SECURITY_HEADERS } from "./security-headers.ts";

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A response of type `application/problem+json`; `code` is stable, `title` is for people. */
export function problem({ status, code, title, detail, headers }: Problem): Response {
  const body = {
    type: "about:blank",
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...SECURITY_HEADERS, ...headers, "content-type": "application/problem+json" },
  });
}

export const PROBLEMS = {
  methodNotAllowed: (allow: string) =>
    problem({
      status: 405,
      code: "method-not-allowed",
      title: "Method not allowed",
      headers: { allow },
    }),
  notFound: () => problem({ status: 404, code: "not-found", title: "Not found" }),
  tooLarge: () =>
    problem({ status: 413, code: "too-large", title: "A delivery has at most 25 MiB" }),
  unsigned: () =>
    problem({ status: 401, code: "bad-signature", title: "No valid X-Hub-Signature-256" }),
  unauthorized: () =>
    problem({
      status: 401,
      code: "unauthorized",
      title: "No valid token",
      headers: { "www-authenticate": "Bearer" },
    }),
  githubUnavailable: () =>
    problem({
      status: 503,
      code: "github-unavailable",
      title: "GitHub did not answer; ask again",
      headers: { "retry-after": "10" },
    }),
  mediaType: () =>
    problem({
      status: 415,
      code: "unsupported-media-type",
      title: "Send application/json or application/x-www-form-urlencoded",
    }),
  badRequest: (code: string, title: string) => problem({ status: 400, code, title }),
  unavailable: () =>
    problem({
      status: 503,
      code: "ledger-unavailable",
      title: "The delivery was not recorded; deliver it again",
      headers: { "retry-after": "30" },
    }),
  internal: () => problem({ status: 500, code: "internal", title: "Internal error" }),
  misconfigured: (problems: readonly { setting: string; message: string }[]) =>
    problem({
      status: 500,
      code: "misconfigured",
      title: "The relay is misconfigured",
      detail: problems.map(({ setting, message }) => `${setting} ${message}`).join("; "),
    }),
} as const;
