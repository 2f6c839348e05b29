/** A `ping` as GitHub sends it: it proves a secret and changes nothing. */
import { randomUUID } from "node:crypto";
import { Webhooks } from "@octokit/webhooks";
import type { HttpAnswer, DoctorPorts } from "./ports.ts";
import { WEBHOOK_PATH } from "./relay-place.ts";

const BODY = JSON.stringify({ zen: "Trust, but verify.", hook_id: 0 });

/** Sends one to a relay, signed with this secret; null leaves the signature out. */
export async function sendPing(
  ports: Pick<DoctorPorts, "send">,
  relayUrl: string,
  secret: string | null,
): Promise<HttpAnswer> {
  const signature = secret === null ? null : await new Webhooks({ secret }).sign(BODY);
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
    body: BODY,
  });
}

/** Whether it is a relay that took it: a login page may answer 200 to everything. */
export function isTaken(answer: HttpAnswer): boolean {
  return (
    answer.kind === "answer" && answer.status === 200 && /^\s*\{.*"outcome"/s.test(answer.text)
  );
}
