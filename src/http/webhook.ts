/**
 * POST /webhooks/github. The order of the checks is part of the contract: size, signature, content
 * type, headers, JSON. Nothing is parsed before the signature is proved, and a 2xx means that the
 * delivery is durable or that there is nothing to do.
 */
import type { Delivery, Receipt } from "../domain/delivery.ts";
import type { Log } from "../domain/log.ts";
import { MAX_BODY_BYTES, readBody } from "./body.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import {
  asksForApp,
  isPlainlyCheckNews,
  isPlainlyUnmerged,
  isRelevantEvent,
  ownerInPing,
  readPayload,
} from "./payload.ts";
import { PROBLEMS } from "./problem.ts";
import type { Verify } from "./signature.ts";

/** What the endpoint needs of a ledger. */
export interface DeliveryTaker {
  accept(delivery: Delivery): Promise<Receipt>;
}

/** Whether ALLOWED_OWNERS lets the relay serve this owner. */
export type Serves = (owner: { readonly owner: string; readonly ownerId: number }) => boolean;

/** The App that the relay is set to, and the fingerprint of its key. Costs some work: for pings alone. */
export type RelaysApp = () => { readonly app: string; readonly key: string };

export interface WebhookContext {
  readonly verify: Verify;
  readonly serves: Serves;
  readonly app: RelaysApp;
  readonly ledger: (repositoryId: number) => DeliveryTaker;
  readonly log: Log;
}

/** Made once: the runtime copies them into each answer faster than it reads a record's names. */
const HEADERS = new Headers({ "content-type": "application/json", ...SECURITY_HEADERS });

/** Answers one delivery. */
export async function receiveWebhook(request: Request, context: WebhookContext): Promise<Response> {
  const { headers } = request;
  const bytes = await readBody(request, MAX_BODY_BYTES);
  if (bytes === null) return PROBLEMS.tooLarge("25 MiB");
  const signature = headers.get("x-hub-signature-256");
  if (!(await context.verify(bytes, signature))) return PROBLEMS.unsigned();

  const about = readHeaders(headers);
  if (about instanceof Response) return about;
  const { form, event, guid } = about;
  // Most of what GitHub sends is ruled out by its name: not worth looking at 25 KB of JSON.
  if (event === "ping") return answerPing(parse(decode(bytes), form), guid, context);
  if (!isRelevantEvent(event))
    return answer(202, guid, { outcome: "ignored", reason: "event-not-used" });
  const text = decode(bytes);
  if (event === "pull_request" && form === "json" && isPlainlyUnmerged(text))
    return answer(202, guid, { outcome: "ignored", reason: "not-merged" });
  if (form === "json" && isPlainlyCheckNews(event, text))
    return answer(202, guid, { outcome: "ignored", reason: "action-not-used" });
  const payload = parse(text, form);
  if (payload === undefined) return PROBLEMS.badRequest("not-json", "The body is not JSON");
  return takeDelivery({ event, guid, payload }, context);
}

/**
 * Whoever signs is the operator or GitHub, so a ping that names a repository's owner hears whether the
 * relay serves it; never the list, which holds the names of others. One that asks for it hears which
 * App and key the relay has: GitHub's pages show both to the App's owner, and neither lets anybody in.
 */
function answerPing(payload: unknown, guid: string, context: WebhookContext): Response {
  const owner = ownerInPing(payload);
  const serves = owner === null ? {} : { serves: context.serves(owner) };
  const about = asksForApp(payload) ? context.app() : {};
  return answer(200, guid, { outcome: "ignored", reason: "ping", ...serves, ...about });
}

/** What the headers say of the body, or the answer to headers that GitHub does not send. */
function readHeaders(
  headers: Headers,
): { form: "json" | "form"; event: string; guid: string } | Response {
  const form = formOf(headers.get("content-type") ?? "");
  if (form === null)
    return PROBLEMS.mediaType("application/json or application/x-www-form-urlencoded");
  const event = headers.get("x-github-event") ?? "";
  const guid = headers.get("x-github-delivery") ?? "";
  if (!/^[a-z_]{1,64}$/.test(event)) {
    return PROBLEMS.badRequest("missing-header", "X-GitHub-Event is missing or malformed");
  }
  if (!/^[A-Za-z0-9-]{1,100}$/.test(guid)) {
    return PROBLEMS.badRequest("missing-header", "X-GitHub-Delivery is missing or malformed");
  }
  return { form, event, guid };
}

async function takeDelivery(
  signed: { event: string; guid: string; payload: unknown },
  context: WebhookContext,
): Promise<Response> {
  const { event, guid, payload } = signed;
  const read = readPayload(event, guid, payload);
  switch (read.kind) {
    case "invalid":
      return PROBLEMS.badRequest("invalid-payload", `The body is no ${event} payload`);
    case "ignored":
      return answer(202, guid, { outcome: "ignored", reason: read.reason });
    case "delivery":
      return record(read.delivery, context);
  }
}

async function record(delivery: Delivery, context: WebhookContext): Promise<Response> {
  const { guid, event, repository } = delivery;
  try {
    const receipt = await context.ledger(repository.id).accept(delivery);
    const { outcome } = receipt;
    context.log.info("delivery", {
      delivery_id: guid,
      github_event: event,
      repository_id: repository.id,
      outcome,
    });
    return answer(202, guid, receipt);
  } catch (error) {
    // Not even an overloaded ledger is asked again here: GitHub records a failure, and the sweep
    // brings the delivery back when there is room.
    const cause = error instanceof Error ? error.name : "unknown";
    context.log.error("delivery.unrecorded", {
      delivery_id: guid,
      repository_id: repository.id,
      cause,
    });
    return PROBLEMS.unavailable();
  }
}

function answer(status: number, delivery: string, receipt: Receipt): Response {
  return new Response(JSON.stringify({ ...receipt, delivery }), { status, headers: HEADERS });
}

function formOf(contentType: string): "json" | "form" | null {
  if (contentType === "application/json") return "json";
  const type = contentType.split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return "json";
  return type === "application/x-www-form-urlencoded" ? "form" : null;
}

/** The text that was signed; empty when it is no UTF-8. A BOM is part of it, and no JSON. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return "";
  }
}

function parse(text: string, form: "json" | "form"): unknown {
  try {
    return JSON.parse(form === "json" ? text : (new URLSearchParams(text).get("payload") ?? ""));
  } catch {
    return undefined;
  }
}
