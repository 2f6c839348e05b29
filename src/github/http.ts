/**
 * One HTTP exchange with GitHub: bounded in time and size, never throws for anything that the
 * network or GitHub does, and never sends a token to another origin.
 */

import { ALARM_FULL, AlarmFull } from "../domain/alarm-full.ts";
import { within } from "../time-limit.ts";

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with query, beginning with a slash; every variable part already encoded. */
  readonly path: string;
  readonly token: string;
  readonly body?: unknown;
  /** Of an answer that is kept: GitHub says 304 where it would say the same again. */
  readonly ifNoneMatch?: string;
}

export type Reply =
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly headers: Headers;
      readonly text: string;
    }
  /** No whole answer: refused, reset, timed out, cut off or too long. */
  | { readonly kind: "broken"; readonly cause: string };

export interface HttpOptions {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
}

/**
 * Pinned: later versions drop `merge_commit_sha` from pull requests, which the proof needs
 * (breaking changes of 2026-03-10).
 */
const API_VERSION = "2022-11-28";
const USER_AGENT = "merge-relay";
const MAX_REDIRECTS = 3;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Sends one call. A GET follows redirects within GitHub's own origin (renamed repositories). */
export async function exchange(options: HttpOptions, call: Call): Promise<Reply> {
  try {
    return await within(options.timeoutMs, (signal) => follow(options, call, signal));
  } catch (error) {
    return { kind: "broken", cause: causeOf(error) };
  }
}

async function follow(options: HttpOptions, call: Call, signal: AbortSignal): Promise<Reply> {
  let url = `${options.baseUrl}${call.path}`;
  for (let hop = 0; ; hop++) {
    const response = await options.fetch(url, init(call, signal));
    const next = call.method === "GET" ? redirectTarget(response, options.baseUrl) : null;
    if (next !== null && hop < MAX_REDIRECTS) {
      await response.body?.cancel();
      url = next;
      continue;
    }
    // Whatever its shape: an answer that echoes what it was asked with goes no further as it is.
    const text = (await readText(response)).replaceAll(call.token, "[redacted]");
    return { kind: "reply", status: response.status, headers: response.headers, text };
  }
}

/**
 * The text behind a link that GitHub gave out (a log in its storage, valid for a minute). Another
 * origin, so it gets no token.
 */
export async function download(options: HttpOptions, url: string): Promise<Reply> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return { kind: "broken", cause: "no-address" };
  }
  try {
    return await within(options.timeoutMs, async (signal) => {
      const headers = { "user-agent": USER_AGENT };
      const response = await options.fetch(url, { headers, signal });
      const text = await readText(response);
      return { kind: "reply", status: response.status, headers: response.headers, text };
    });
  } catch (error) {
    return { kind: "broken", cause: causeOf(error) };
  }
}

function init(call: Call, signal: AbortSignal): RequestInit {
  return {
    method: call.method,
    redirect: "manual",
    signal,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${call.token}`,
      "user-agent": USER_AGENT,
      "x-github-api-version": API_VERSION,
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      ...(call.ifNoneMatch === undefined ? {} : { "if-none-match": call.ifNoneMatch }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  };
}

function redirectTarget(response: Response, baseUrl: string): string | null {
  const location = response.headers.get("location");
  if (response.status < 300 || response.status > 399 || location === null) return null;
  if (!URL.canParse(location, baseUrl)) return null;
  const target = new URL(location, baseUrl);
  return target.origin === new URL(baseUrl).origin ? target.href : null;
}

async function readText(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new Error("answer too long");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The kind of failure, never its message: messages of fetch can hold URLs. */
function causeOf(error: unknown): string {
  if (error instanceof AlarmFull) return ALARM_FULL;
  if (error instanceof DOMException && error.name === "TimeoutError") return "timeout";
  return error instanceof Error && error.message === "answer too long"
    ? "answer-too-long"
    : "connection-broken";
}
