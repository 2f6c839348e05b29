/** The App's webhook deliveries: GitHub's list of attempts, and asking for one more. */
import * as v from "valibot";
import type { DeliveryPage, HookDelivery, RedeliverAnswer } from "../domain/app-github.ts";
import { type Answer, mapAnswer } from "../domain/outcome.ts";
import type { AppSession } from "./app-session.ts";
import { classifyRead } from "./classify.ts";
import type { Reply } from "./http.ts";
import { nextPageQuery } from "./next-page.ts";

const PER_PAGE = 100;
/** What GitHub answers for a cursor that it does not know (any more). */
const CURSOR_REFUSED = [400, 404, 422];
/** What GitHub answers for an attempt that it will not deliver again. */
const NOT_REDELIVERABLE = [400, 404, 422];

const deliverySchema = v.object({
  id: v.union([v.pipe(v.number(), v.safeInteger()), v.pipe(v.string(), v.regex(/^\d{1,30}$/))]),
  guid: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/)),
  delivered_at: v.pipe(
    v.string(),
    v.transform((text) => Date.parse(text)),
    v.number(),
    v.finite(),
  ),
  redelivery: v.optional(v.boolean(), false),
  status: v.string(),
  event: v.pipe(v.string(), v.regex(/^\w{1,64}$/)),
  action: v.optional(v.nullable(v.string()), null),
  repository_id: v.optional(v.nullable(v.number()), null),
});

/** One page of attempts, newest first. */
export async function hookDeliveries(
  session: AppSession,
  cursor: string | null,
): Promise<Answer<DeliveryPage>> {
  const place = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const path = `/app/hook/deliveries?per_page=${PER_PAGE}${place}`;
  const reply = withExactIds(await session.asApp("GET", path));
  if (cursor !== null && reply.kind === "reply" && CURSOR_REFUSED.includes(reply.status)) {
    return { kind: "absent", cause: "cursor-refused" };
  }
  const answer = classifyRead(reply, session.now());
  if (answer.kind === "ok" && !Array.isArray(answer.value)) {
    return { kind: "later", notBeforeMs: null, cause: "unreadable-answer" };
  }
  const next = reply.kind === "reply" ? nextPageQuery(reply.headers) : null;
  return mapAnswer(answer, (items) => pageOf(items as unknown[], next?.get("cursor") ?? null));
}

/** Asks GitHub to deliver once more; 202 says only that it will try. */
export async function redeliver(session: AppSession, id: string): Promise<RedeliverAnswer> {
  const reply = await session.asApp("POST", `/app/hook/deliveries/${id}/attempts`);
  if (reply.kind === "reply" && reply.status >= 200 && reply.status < 300) return { kind: "asked" };
  if (reply.kind === "reply" && NOT_REDELIVERABLE.includes(reply.status)) {
    return { kind: "impossible", cause: `status-${reply.status}` };
  }
  const answer = classifyRead(reply, session.now());
  return answer.kind === "later"
    ? answer
    : { kind: "later", notBeforeMs: null, cause: `not-allowed-${answer.kind}` };
}

/** JSON numbers beyond 2⁵³ would be rounded, and the rounded id is another delivery's. */
function withExactIds(reply: Reply): Reply {
  return reply.kind === "reply"
    ? { ...reply, text: reply.text.replace(/"id"\s*:\s*(\d{16,30})(?=\s*[,}])/g, '"id":"$1"') }
    : reply;
}

/** One item that cannot be read must not hide the others from us. */
function pageOf(items: readonly unknown[], next: string | null): DeliveryPage {
  const read = items.map((item) => v.safeParse(deliverySchema, item));
  const deliveries = read.flatMap((item) => (item.success ? [deliveryFrom(item.output)] : []));
  return { deliveries, unreadable: items.length - deliveries.length, next };
}

function deliveryFrom(item: v.InferOutput<typeof deliverySchema>): HookDelivery {
  return {
    id: String(item.id),
    guid: item.guid,
    deliveredAtMs: item.delivered_at,
    redelivery: item.redelivery,
    // Timeouts and hosts out of reach have the status code 0: only the word tells.
    ok: item.status === "OK",
    event: item.event,
    action: item.action,
    repositoryId: item.repository_id,
  };
}
