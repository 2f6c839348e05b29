/** What a reply to a write means: done, surely not done, or nobody knows. */
import type { Answer } from "../domain/outcome.ts";
import type { WriteAnswer } from "../domain/reporting.ts";
import { classifyRead } from "./classify.ts";
import type { Reply } from "./http.ts";

/** Only a status that GitHub gives before it acts counts as not done. */
export function classifyWrite(reply: Reply, nowMs: number): WriteAnswer<unknown> {
  if (reply.kind === "broken") return { kind: "unknown", cause: reply.cause };
  const { status, text } = reply;
  if (status === 408 || status >= 500) return { kind: "unknown", cause: `status-${status}` };
  // A locked conversation or a reply to what is gone: no matter of permissions.
  if (status === 403 && /\blocked\b/i.test(text)) return { kind: "absent", cause: "locked" };
  const answer: Answer<unknown> = classifyRead(reply, nowMs);
  const happened = status >= 200 && status < 300;
  return happened && answer.kind !== "ok"
    ? { kind: "unknown", cause: "unreadable-answer" }
    : answer;
}
