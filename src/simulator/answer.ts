/** An HTTP answer before faults touch it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON-able, or text to be sent as it is; undefined for no body. */
  readonly body: unknown;
}

const DOCUMENTATION = "https://docs.github.com/rest";

/** A JSON answer. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body,
  };
}

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: undefined };
}

/** A text answer. */
export function text(
  status: number,
  body: string,
  contentType = "text/plain; charset=utf-8",
): Answer {
  return { status, headers: { "content-type": contentType }, body };
}

/** GitHub's error object. */
export function problem(
  status: number,
  message: string,
  extra: Readonly<Record<string, unknown>> = {},
): Answer {
  return json(status, {
    message,
    ...extra,
    documentation_url: DOCUMENTATION,
    status: String(status),
  });
}

/** What GitHub says for anything that is not there, or that the token may not know of. */
export function notFound(): Answer {
  return problem(404, "Not Found");
}
