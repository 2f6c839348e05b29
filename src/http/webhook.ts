/**
 * POST /webhooks/github. The order of the checks is part of the contract: size, signature, content
 * type, headers, JSON. Nothing is parsed before the signature is proved, and a 2xx means that the
 * delivery is durable or that there is nothing to do.
 */
import type { Delivery, Receipt } from "../domain/delivery.ts";
import type { Log } from "../domain/log.ts";
import { MAX_BODY_BYTES, readBody } from "./body.ts";
import { isRelevantEvent, readPayload } from "./payload.ts";
import { PROBLEMS } from "./problem.ts";
import type { Verify } from "./signature.ts";

/** What the endpoint needs of a ledger. */
export interface DeliveryTaker {
  accept(delivery: Delivery): Promise<Receipt>;
}

export interface WebhookContext {
  readonly verify: Verify;
  readonly ledger: (repositoryId: number) => DeliveryTaker;
  readonly log: Log;
}

/** Answers one delivery. */
export async function receiveWebhook(request: Request, context: WebhookContext): Promise<Response> {
  const bytes = await readBody(request, MAX_BODY_BYTES);
  if (bytes === null) return PROBLEMS.tooLarge("25 MiB");
  const body = decode(bytes);
  const signature = request.headers.get("x-hub-signature-256");
  if (body === null || !(await context.verify(body, signature))) return PROBLEMS.unsigned();

  const form = formOf(request);
  if (form === null)
    return PROBLEMS.mediaType("application/json or application/x-www-form-urlencoded");
  const event = request.headers.get("x-github-event") ?? "";
  const guid = request.headers.get("x-github-delivery") ?? "";
  if (!/^[a-z_]{1,64}$/.test(event)) {
    return PROBLEMS.badRequest("missing-header", "X-GitHub-Event is missing or malformed");
  }
  if (!/^[A-Za-z0-9-]{1,100}$/.test(guid)) {
    return PROBLEMS.badRequest("missing-header", "X-GitHub-Delivery is missing or malformed");
  }
  const payload = parse(form === "json" ? body : (new URLSearchParams(body).get("payload") ?? ""));
  if (payload === undefined) return PROBLEMS.badRequest("not-json", "The body is not JSON");
  return takeDelivery({ event, guid, payload }, context);
}

async function takeDelivery(
  signed: { event: string; guid: string; payload: unknown },
  context: WebhookContext,
): Promise<Response> {
  const { event, guid, payload } = signed;
  if (event === "ping") return answer(200, guid, { outcome: "ignored", reason: "ping" });
  if (!isRelevantEvent(event))
    return answer(202, guid, { outcome: "ignored", reason: "event-not-used" });
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
  return Response.json({ ...receipt, delivery }, { status });
}

/** The text that was signed; null when it is not UTF-8. A BOM is kept: it is part of the bytes. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function formOf(request: Request): "json" | "form" | null {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return "json";
  return type === "application/x-www-form-urlencoded" ? "form" : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
