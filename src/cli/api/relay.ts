/**
 * The relay over HTTP. A request whose answer is lost is sent again under the same Idempotency-Key, so
 * that nothing is ordered twice; how often is bounded.
 */
import { setTimeout as pause } from "node:timers/promises";
import * as v from "valibot";
import { backoffMs } from "../../domain/retry.ts";
import { problemSchema, type RelayProblem } from "./answers.ts";
import type { Credential } from "./credential.ts";

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 4;
const BACKOFF_BASE_MS = 1_000;
/** An answer that asks for a longer wait is handed to the reader instead. */
const LONGEST_WAIT_MS = 120_000;
const MAX_BYTES = 16 * 1024 * 1024;

export interface RelayCall {
  readonly method: "GET" | "POST";
  /** Below `/api/v1`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export type Reply =
  | { readonly kind: "answer"; readonly body: unknown }
  /** A problem in the relay's own words; `body` is the whole document. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly problem: RelayProblem;
      readonly body: unknown;
    }
  /** Nothing that a relay would say. */
  | { readonly kind: "foreign"; readonly status: number; readonly location: string | null }
  /** No answer in spite of every attempt. */
  | { readonly kind: "silent"; readonly cause: string };

export interface Relay {
  readonly url: string;
  readonly credential: Credential;
  ask(call: RelayCall): Promise<Reply>;
}

export interface RelayParts {
  readonly url: string;
  readonly credential: Credential;
  /** Hears why a request is sent again, and when. */
  readonly onWait: (cause: string, waitMs: number) => void;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random?: () => number;
}

interface Attempt {
  readonly reply: Reply;
  /** Null: no other attempt would change it. */
  readonly again: "soon" | "when-asked" | null;
  readonly retryAfterMs: number | null;
}

/** A relay at an address. Its token goes to that origin alone: redirects are not followed. */
export function createRelay(parts: RelayParts): Relay {
  const { url, credential } = parts;
  return { url, credential, ask: (call) => askPatiently(parts, call) };
}

async function askPatiently(parts: RelayParts, call: RelayCall): Promise<Reply> {
  const { sleep = sleepUnless, random = Math.random, onWait } = parts;
  let hasObeyed = false;
  for (let attempt = 0; ; attempt += 1) {
    const { reply, again, retryAfterMs } = await attemptOnce(parts, call);
    const isLast = attempt + 1 >= ATTEMPTS || (again === "when-asked" && hasObeyed);
    const waitMs = retryAfterMs ?? backoffMs(BACKOFF_BASE_MS, attempt, random());
    if (again === null || isLast || waitMs > LONGEST_WAIT_MS) return reply;
    hasObeyed ||= again === "when-asked";
    onWait(causeOf(reply), waitMs);
    await sleep(waitMs, call.signal);
  }
}

async function sleepUnless(ms: number, signal?: AbortSignal): Promise<void> {
  await pause(ms, undefined, signal === undefined ? {} : { signal });
}

function causeOf(reply: Reply): string {
  switch (reply.kind) {
    case "answer":
      return "";
    case "refused":
      return reply.problem.title;
    case "foreign":
      return `It answers ${reply.status}`;
    case "silent":
      return reply.cause;
  }
}

async function attemptOnce(parts: RelayParts, call: RelayCall): Promise<Attempt> {
  const headers = await headersOf(parts.credential, call);
  let response: Response;
  let text: string;
  try {
    response = await fetch(addressOf(parts.url, call), {
      method: call.method,
      redirect: "manual",
      signal: signalOf(call),
      headers,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    text = await readBounded(response);
  } catch (error) {
    // Whoever interrupts wants no other attempt.
    call.signal?.throwIfAborted();
    return { reply: { kind: "silent", cause: describe(error) }, again: "soon", retryAfterMs: null };
  }
  return judge(response, text);
}

function addressOf(url: string, { path, query = {} }: RelayCall): URL {
  const address = new URL(`${url}/api/v1${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) address.searchParams.set(name, value);
  }
  return address;
}

async function headersOf(credential: Credential, call: RelayCall): Promise<Headers> {
  const headers = new Headers({
    accept: "application/json",
    "user-agent": "merge-relay",
    authorization: `Bearer ${await credential.token()}`,
  });
  if (call.body !== undefined) headers.set("content-type", "application/json");
  if (call.idempotencyKey !== undefined) headers.set("idempotency-key", call.idempotencyKey);
  return headers;
}

function signalOf({ signal }: RelayCall): AbortSignal {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  return signal === undefined ? limit : AbortSignal.any([limit, signal]);
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function judge(response: Response, text: string): Attempt {
  const { status, headers } = response;
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
  const reply = readReply(response, text);
  if (reply.kind === "answer") return { reply, again: null, retryAfterMs };
  if (status === 429) return { reply, again: "when-asked", retryAfterMs };
  // A wrong setting is still wrong a second later.
  const isLasting = reply.kind === "refused" && reply.problem.code === "misconfigured";
  return { reply, again: status >= 500 && !isLasting ? "soon" : null, retryAfterMs };
}

function readReply(response: Response, text: string): Reply {
  const { status, ok, headers } = response;
  const foreign: Reply = { kind: "foreign", status, location: headers.get("location") };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return foreign;
  }
  if (ok) return { kind: "answer", body };
  const problem = v.safeParse(problemSchema, body);
  return problem.success ? { kind: "refused", status, problem: problem.output, body } : foreign;
}

function describe(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "No answer in time";
  const { cause } = error as { cause?: { code?: unknown } };
  const reasons: Record<string, string> = {
    ECONNREFUSED: "Nothing listens there",
    ENOTFOUND: "There is no such host",
    ECONNRESET: "The connection broke",
    CERT_HAS_EXPIRED: "Its certificate has expired",
  };
  return reasons[String(cause?.code)] ?? "It cannot be reached";
}
