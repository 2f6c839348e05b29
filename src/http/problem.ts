/** Errors as RFC 9457 problems; the one room that knows status codes. */
import { SECURITY_HEADERS } from "./security-headers.ts";

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Members of its own, such as `errors` or `plan`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** One wrong part of a request: a path such as `dry_run`, or the name of a header. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** A response of type `application/problem+json`; `code` is stable, `title` is for people. */
export function problem({ status, code, title, detail, headers, more }: Problem): Response {
  const body = {
    type: "about:blank",
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...more,
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
  tooLarge: (most: string) =>
    problem({ status: 413, code: "too-large", title: `The body has at most ${most}` }),
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
  mediaType: (taken: string) =>
    problem({ status: 415, code: "unsupported-media-type", title: `Send ${taken}` }),
  badRequest: (code: string, title: string) => problem({ status: 400, code, title }),
  invalid: (errors: readonly FieldError[]) =>
    problem({
      status: 400,
      code: "invalid-request",
      title: "The request is not valid",
      detail: errors.map(({ field, message }) => `${field} ${message}`).join("; "),
      more: { errors },
    }),
  tooMany: (seconds: number) =>
    problem({
      status: 429,
      code: "too-many-requests",
      title: "Too many requests; wait a little",
      headers: { "retry-after": String(seconds) },
    }),
  roleMissing: (role: string) =>
    problem({
      status: 403,
      code: "role-missing",
      title: `This needs the role ${role} in the repository`,
      more: { role },
    }),
  tokenTooNarrow: () =>
    problem({
      status: 403,
      code: "token-too-narrow",
      title: "This token does not carry the right by itself",
      detail:
        "It must be able to dispatch a workflow: a token of this relay's own GitHub App, a classic one with the scope repo (public_repo for a public repository), a fine-grained one with actions write, or one of a workflow run on the default branch.",
    }),
  ledgerUnavailable: () =>
    problem({
      status: 503,
      code: "ledger-unavailable",
      title: "The repository's record did not answer; ask again",
      headers: { "retry-after": "5" },
    }),
  indexUnavailable: () =>
    problem({
      status: 503,
      code: "index-unavailable",
      title: "The index did not answer; the repositories' own records do",
      headers: { "retry-after": "30" },
    }),
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
