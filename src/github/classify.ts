/**
 * What a reply of GitHub means. Pure: the clock comes in as an argument. Decided by status and
 * headers; messages only choose between reasons, never between "happened" and "did not happen".
 */
import { ALARM_FULL, NEXT_ALARM } from "../domain/alarm-full.ts";
import type { Answer, DispatchAnswer, Later, Refused } from "../domain/outcome.ts";
import type { RejectReason } from "../domain/reason.ts";
import type { Reply } from "./http.ts";

/** What GitHub asks for when it names no time itself. */
const DEFAULT_RATE_LIMIT_WAIT_MS = 60_000;
/** A primary limit resets within the hour; a header that says more is not obeyed further. */
const MAX_RATE_LIMIT_WAIT_MS = 2 * 3_600_000;

type WholeReply = Extract<Reply, { kind: "reply" }>;

/** The JSON of an answer to a question, or why there is none. */
export function classifyRead(reply: Reply, nowMs: number): Answer<unknown> {
  if (reply.kind === "broken") {
    const { cause } = reply;
    return cause === ALARM_FULL ? NEXT_ALARM : { kind: "later", notBeforeMs: null, cause };
  }
  const { status } = reply;
  if (status >= 200 && status < 300) {
    const json = parseJson(reply.text);
    return json === undefined
      ? { kind: "later", notBeforeMs: null, cause: "unreadable-answer" }
      : { kind: "ok", value: json };
  }
  const limited = rateLimit(reply, nowMs);
  if (limited) return limited;
  if (status === 404 || status === 410 || status === 422) {
    return { kind: "absent", cause: `status-${status}` };
  }
  if (status === 403 && !isPassing(reply)) return refusal(reply, "permission-missing");
  return { kind: "later", notBeforeMs: null, cause: `status-${status}` };
}

/** What became of a dispatch. Only a status that GitHub gives before it acts counts as refused. */
export function classifyDispatch(reply: Reply, nowMs: number): DispatchAnswer {
  if (reply.kind === "broken") return { kind: "unknown", cause: reply.cause };
  const { status } = reply;
  if (status === 204) return { kind: "accepted", runId: null, runUrl: null };
  if (status >= 200 && status < 300) return acceptedRun(reply);
  const limited = rateLimit(reply, nowMs);
  if (limited) return limited;
  // A redirect carried nothing out: the repository was renamed since it was located.
  if (status >= 300 && status < 400) return later(`status-${status}`);
  if (status === 408 || status >= 500) return { kind: "unknown", cause: `status-${status}` };
  if (status === 403 && isPassing(reply)) return later("installation-suspended");
  return refusal(reply, dispatchReason(reply));
}

/** True when GitHub refuses the dispatch only because it does not know `return_run_details`. */
export function lacksRunDetails(reply: Reply): boolean {
  return (
    reply.kind === "reply" &&
    (reply.status === 400 || reply.status === 422) &&
    reply.text.includes("return_run_details")
  );
}

function acceptedRun(reply: WholeReply): DispatchAnswer {
  const json = parseJson(reply.text);
  if (typeof json !== "object" || json === null)
    return { kind: "unknown", cause: "unreadable-answer" };
  const { workflow_run_id: runId, html_url: runUrl } = json as Record<string, unknown>;
  if (typeof runId !== "number" || !Number.isSafeInteger(runId)) {
    return { kind: "unknown", cause: "unreadable-answer" };
  }
  return { kind: "accepted", runId, runUrl: typeof runUrl === "string" ? runUrl : null };
}

function rateLimit(reply: WholeReply, nowMs: number): Later | null {
  const { status, headers, text } = reply;
  const retryAfter = headers.get("retry-after");
  const spent = headers.get("x-ratelimit-remaining") === "0";
  const limited =
    status === 429 ||
    (status === 403 && (retryAfter !== null || spent || /rate limit|abuse detection/i.test(text)));
  if (!limited) return null;
  const asked = secondsAhead(retryAfter, nowMs) ?? (spent ? untilReset(headers, nowMs) : null);
  const waitMs = Math.min(Math.max(asked ?? DEFAULT_RATE_LIMIT_WAIT_MS, 0), MAX_RATE_LIMIT_WAIT_MS);
  return { kind: "later", notBeforeMs: nowMs + waitMs, cause: "rate-limited" };
}

/** When an installation whose last call this was may ask again; null while it has calls left. */
export function spentUntil({ headers }: WholeReply, nowMs: number): number | null {
  const isCore = (headers.get("x-ratelimit-resource") ?? "core") === "core";
  if (!isCore || headers.get("x-ratelimit-remaining") !== "0") return null;
  const waitMs = untilReset(headers, nowMs);
  return waitMs === null ? null : nowMs + Math.min(waitMs, MAX_RATE_LIMIT_WAIT_MS);
}

function secondsAhead(retryAfter: string | null, nowMs: number): number | null {
  if (retryAfter === null) return null;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? null : at - nowMs;
}

function untilReset(headers: Headers, nowMs: number): number | null {
  const reset = headers.get("x-ratelimit-reset") ?? "";
  return /^\d{1,12}$/.test(reset) ? Number(reset) * 1000 - nowMs : null;
}

/** A 403 that the account's owner or GitHub will lift (a bill, a suspension): worth another try later. */
function isPassing(reply: WholeReply): boolean {
  return /suspended|single sign-on is temporarily|repository access blocked/i.test(reply.text);
}

function dispatchReason(reply: WholeReply): RejectReason {
  const { status, text } = reply;
  if (status === 404) return "workflow-not-found";
  if (/disabled workflow|workflow is disabled|Actions (?:is|has been) disabled/i.test(text)) {
    return "workflow-disabled";
  }
  if (/not allowed to trigger|actions polic/i.test(text)) return "blocked-by-actions-policy";
  if (status === 401 || status === 403) return "permission-missing";
  return /No ref found|does not have '?workflow_dispatch/i.test(text)
    ? "workflow-not-found"
    : "inputs-refused";
}

const REMEDIES: Readonly<Partial<Record<RejectReason, string>>> = {
  "workflow-not-found":
    "The workflow file must be on the default branch, have an `on: workflow_dispatch` trigger at the ref that the route names, and the ref must exist.",
  "workflow-disabled": "Enable the workflow (or Actions) in the repository's Actions tab.",
  "inputs-refused":
    "The workflow's inputs differ from contract 1: declare every input that the relay sends, and no further required one.",
  "permission-missing":
    "Grant the App the permission and accept it in the installation's settings: actions write, contents read, pull requests read.",
  "blocked-by-actions-policy":
    "Allow this App to trigger the workflow in the repository's Actions policies (workflow execution protections).",
};

function refusal(reply: WholeReply, reason: RejectReason): Refused {
  const needed = reply.headers.get("x-accepted-github-permissions");
  const message = messageOf(reply.text);
  const said =
    message === null
      ? `GitHub answered ${reply.status}.`
      : `GitHub answered ${reply.status}: ${message}.`;
  const permission =
    needed !== null && /^[a-z_=;, ]{1,200}$/.test(needed) ? ` It asks for ${needed}.` : "";
  return {
    kind: "refused",
    reason,
    remedy: `${REMEDIES[reason] ?? ""} ${said}${permission}`.trim(),
    status: reply.status,
  };
}

/** Tokens by their prefixes, JSON web tokens, and whatever follows an authorization scheme. */
const CREDENTIALS =
  /\b(?:gh[a-z]_|github_pat_)[\w.-]+|\beyJ[\w-]+\.[\w.-]+|\b(?:bearer|token)\s+[\w.~+/=-]{16,}/gi;

/** GitHub's own message, cut and cleaned: it goes to a person. A proxy may echo what it was sent. */
function messageOf(text: string): string | null {
  const json = parseJson(text);
  if (typeof json !== "object" || json === null) return null;
  const { message } = json as Record<string, unknown>;
  return typeof message === "string"
    ? message
        .replace(CREDENTIALS, "[redacted]")
        .replace(/[^\p{L}\p{N}\p{P}\p{Zs}\p{S}]/gu, " ")
        .slice(0, 300)
        .replace(/\.$/, "")
    : null;
}

function later(cause: string): Later {
  return { kind: "later", notBeforeMs: null, cause };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
