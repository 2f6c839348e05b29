/**
 * What an operator must hear of: a line in the log at level `error`, and a POST to the operator's own
 * address where one is set. Telling never holds up, and never fails, what it tells of.
 */
import type { Alert } from "./domain/log.ts";
import type { Log } from "./domain/log.ts";
import type { Secret } from "./secret.ts";

const TIMEOUT_MS = 5_000;

export interface AlertOptions {
  readonly url: Secret | null;
  readonly log: Log;
  readonly fetch: typeof fetch;
}

/** The body is `{text, event, …fields}`; `text` is what chat services show. */
export function createAlert({ url, log, fetch: send }: AlertOptions): Alert {
  return (event, text, fields) => {
    log.error(event, fields);
    if (url === null) return;
    const body = JSON.stringify({ text: `merge-relay: ${text}`, event, ...fields });
    const headers = { "content-type": "application/json", "user-agent": "merge-relay" };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    send(url.reveal(), { method: "POST", headers, body, signal, redirect: "manual" }).then(
      (response) => response.body?.cancel(),
      () => log.warn("alert.undelivered", { alert: event }),
    );
  };
}
