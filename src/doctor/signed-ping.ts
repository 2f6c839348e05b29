/** A `ping` as GitHub sends it: it proves a secret and changes nothing. */
import { randomUUID } from "node:crypto";
import { Webhooks } from "@octokit/webhooks";
import * as v from "valibot";
import type { HttpAnswer, DoctorPorts } from "./ports.ts";
import { WEBHOOK_PATH } from "./relay-place.ts";

const ZEN = { zen: "Trust, but verify.", hook_id: 0 };

/** What a relay that takes the ping says as well: `servesIn` and `appIn` read it. */
export type Question =
  | { readonly asks: "app" }
  | { readonly repository: { readonly owner: { readonly id: number; readonly login: string } } };

/** Sends one to a relay, signed with this secret; null leaves the signature out. */
export async function sendPing(
  ports: Pick<DoctorPorts, "send">,
  relayUrl: string,
  secret: string | null,
  question?: Question,
): Promise<HttpAnswer> {
  const body = JSON.stringify({ ...ZEN, ...question });
  const signature = secret === null ? null : await new Webhooks({ secret }).sign(body);
  return ports.send({
    method: "POST",
    url: `${relayUrl}${WEBHOOK_PATH}`,
    headers: {
      "content-type": "application/json",
      "user-agent": "merge-relay-doctor",
      "x-github-event": "ping",
      "x-github-delivery": randomUUID(),
      ...(signature === null ? {} : { "x-hub-signature-256": signature }),
    },
    body,
  });
}

/** Whether it is a relay that took it: a login page may answer 200 to everything. */
export function isTaken(answer: HttpAnswer): boolean {
  return (
    answer.kind === "answer" && answer.status === 200 && /^\s*\{.*"outcome"/s.test(answer.text)
  );
}

/** What a relay that took the ping says of the owner; null where it says nothing. */
export function servesIn(answer: HttpAnswer): boolean | null {
  if (answer.kind !== "answer" || !isTaken(answer)) return null;
  const said = /"serves":(true|false)/.exec(answer.text)?.[1];
  return said === undefined ? null : said === "true";
}

/** The App that a relay is set to, by its id (or client id), and the fingerprint of the key it holds. */
export interface RelaysApp {
  readonly id: string;
  readonly key: string;
}

const appSchema = v.object({ app: v.string(), key: v.pipe(v.string(), v.startsWith("SHA256:")) });

/** What a relay that took the ping says of its App; null where it says nothing. */
export function appIn(answer: HttpAnswer): RelaysApp | null {
  if (answer.kind !== "answer" || !isTaken(answer)) return null;
  try {
    const read = v.safeParse(appSchema, JSON.parse(answer.text));
    return read.success ? { id: read.output.app, key: read.output.key } : null;
  } catch {
    return null;
  }
}
