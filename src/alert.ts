/**
 * What an operator must hear of: a line in the log at level `error`, and a POST to the operator's own
 * address where one is set. Telling never holds up, and never fails, what it tells of.
 */
import type { Alert, Log, LogFields } from "./domain/log.ts";
import type { Secret } from "./secret.ts";
import { within } from "./time-limit.ts";

const TIMEOUT_MS = 5_000;
/** The log has every line; the operator's address hears of the same kind of thing at most so often. */
const QUIET_MS = 600_000;

export interface AlertOptions {
  readonly url: Secret | null;
  readonly log: Log;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

/** The body is `{text, event, …fields}`; `text` is what chat services show. */
export function createAlert({ url, log, fetch: send, now }: AlertOptions): Alert {
  const told = new Map<string, number>();
  return (event, text, fields) => {
    log.error(event, fields);
    const at = now();
    if (url === null || at - (told.get(event) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    told.set(event, at);
    const body = JSON.stringify({ text: `merge-relay: ${text}`, event, ...fields });
    const headers = { "content-type": "application/json", "user-agent": "merge-relay" };
    const request = { method: "POST", headers, body, redirect: "manual" } as const;
    within(TIMEOUT_MS, async (signal) => {
      const response = await send(url.reveal(), { ...request, signal });
      await response.body?.cancel();
    }).catch(() => log.warn("alert.undelivered", { alert: event }));
  };
}

/** A log whose errors of these names also reach the operator, each with its sentence. */
export function alertingLog(
  log: Log,
  alert: Alert,
  sentences: Readonly<Record<string, string>>,
): Log {
  return {
    ...log,
    error(event: string, fields: LogFields): void {
      const sentence = sentences[event];
      if (sentence === undefined) log.error(event, fields);
      else alert(event, sentence, fields);
    },
  };
}
