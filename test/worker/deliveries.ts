/** Webhook requests as GitHub makes them, and the wrong ones beside them. */
import { createHmac } from "node:crypto";
import { exports } from "cloudflare:workers";

const SECRET = "the secret of today";
export const PREVIOUS_SECRET = "the secret of yesterday";
export const URL_OF_WEBHOOK = "https://relay.test/webhooks/github";

let nextId = 1000;

/** A number that no other test of this file uses: a repository, a pull request. */
export function freshId(): number {
  nextId += 1;
  return nextId;
}

/** The value of `X-Hub-Signature-256`. */
export function sign(body: string | Uint8Array, secret = SECRET): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** The payload of a merged pull request, with what is to be different. */
export function mergePayload(change: {
  repositoryId?: number;
  action?: string;
  merged?: boolean | null;
}): Record<string, unknown> {
  return {
    action: change.action ?? "closed",
    pull_request: {
      number: 7,
      title: "Grüße; $(reboot)",
      merged: change.merged === undefined ? true : change.merged,
      merge_commit_sha: "a".repeat(40),
      base: { ref: "main" },
    },
    repository: { id: change.repositoryId ?? freshId(), name: "app", owner: { login: "acme" } },
    installation: { id: 99 },
  };
}

/** Headers of a signed JSON delivery; null takes one away. */
export function headersFor(
  body: string,
  change: Record<string, string | null> = {},
): Record<string, string> {
  const all: Record<string, string | null> = {
    "content-type": "application/json",
    "x-github-event": "pull_request",
    "x-github-delivery": crypto.randomUUID(),
    "x-hub-signature-256": sign(body),
    ...change,
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Sends a signed delivery to the Worker under test. */
export async function deliver(
  payload: unknown,
  change: Record<string, string | null> = {},
): Promise<Response> {
  const body = JSON.stringify(payload);
  return post(body, headersFor(body, change));
}

/** Sends these very bytes with these very headers. */
export async function post(body: BodyInit, headers: Record<string, string>): Promise<Response> {
  return exports.default.fetch(new Request(URL_OF_WEBHOOK, { method: "POST", headers, body }));
}
