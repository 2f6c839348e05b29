/** POST /api/v1/receipts: what a trusted run says it pushed, authenticated as that very run. */
import * as v from "valibot";
import type { ImageReceipt, RunIdentity } from "../domain/image-receipt.ts";
import { repositoryIdOf } from "../domain/dispatch-id.ts";
import { addressOf, isOver, type Limiter, WINDOW_SECONDS } from "../rate-limit.ts";
import type { VerifyRunToken } from "./actions-oidc.ts";
import { bearerOf } from "./bearer.ts";
import { readBody } from "./body.ts";
import { problem, PROBLEMS } from "./problem.ts";

const MAX_RECEIPT_BYTES = 64 * 1024;
const printable = (most: number) =>
  v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/), v.maxLength(most));
export const receiptSchema = v.strictObject({
  dispatch_id: printable(64),
  image: printable(300),
  digest: v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/)),
  tags: v.pipe(v.array(printable(300)), v.maxLength(50)),
  platforms: v.pipe(v.array(printable(60)), v.maxLength(16)),
});

/** What the endpoint needs of a ledger. False: the dispatch is not this run's. */
export interface ReceiptTaker {
  takeReceipt(dispatchId: string, run: RunIdentity, receipt: ImageReceipt): Promise<boolean>;
}

export interface ReceiptContext {
  readonly verify: VerifyRunToken;
  readonly limiter: Limiter | null;
  readonly ledger: (repositoryId: number) => ReceiptTaker;
}

/**
 * Answers 200 once the receipt is durable, however often it is sent. Counted by where it comes from
 * before a token is looked at, and by the run once it is known.
 */
export async function receiveReceipt(request: Request, context: ReceiptContext): Promise<Response> {
  const { limiter } = context;
  if (await isOver(limiter, `address:${addressOf(request)}`)) {
    return PROBLEMS.tooMany(WINDOW_SECONDS);
  }
  const token = bearerOf(request);
  const claims = token === null ? null : await context.verify(token, new URL(request.url).origin);
  if (claims === null) return PROBLEMS.unauthorized();
  if (claims === "later") return PROBLEMS.githubUnavailable();
  if (await isOver(limiter, `run:${claims.run_id}`)) return PROBLEMS.tooMany(WINDOW_SECONDS);
  const body = await readBody(request, MAX_RECEIPT_BYTES);
  if (body === null) return PROBLEMS.tooLarge("64 KiB");
  const parsed = v.safeParse(receiptSchema, parse(body));
  if (!parsed.success) {
    // Never the issue's own words, which repeat what was sent.
    const field = (v.getDotPath(parsed.issues[0]) ?? "body").slice(0, 100);
    return PROBLEMS.badRequest("invalid-receipt", `${field} is missing, unknown or malformed`);
  }
  const { dispatch_id: dispatchId, ...receipt } = parsed.output;
  const repositoryId = repositoryIdOf(dispatchId);
  const run: RunIdentity = {
    runId: claims.run_id,
    repositoryId: claims.repository_id,
    workflow: workflowOf(claims.workflow_ref),
  };
  const isDispatch = claims.event_name === "workflow_dispatch" && repositoryId !== null;
  const taken =
    isDispatch && (await context.ledger(repositoryId).takeReceipt(dispatchId, run, receipt));
  return taken
    ? Response.json({ outcome: "recorded", dispatch_id: dispatchId })
    : problem({
        status: 403,
        code: "another-run",
        title: "This dispatch does not belong to this run",
      });
}

function workflowOf(workflowRef: string): string {
  return /\/\.github\/workflows\/([^/@]+)@/.exec(workflowRef)?.[1] ?? "";
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
