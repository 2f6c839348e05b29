import type { DoctorPorts, HttpAnswer } from "../../doctor/ports.ts";

/** One silence may be chance; a third would say no more than the second. */
const MAX_SILENCES = 2;

/**
 * Asks an address no more that has let two questions in a row run out of time: an examination has
 * dozens of them, and each would wait as long.
 */
export function givingUp(send: DoctorPorts["send"]): DoctorPorts["send"] {
  const silences = new Map<string, number>();
  return async (question): Promise<HttpAnswer> => {
    if (!URL.canParse(question.url)) return send(question);
    const { origin } = new URL(question.url);
    const before = silences.get(origin) ?? 0;
    if (before >= MAX_SILENCES) {
      return { kind: "unreachable", cause: "no answer in 15 s, and not asked again" };
    }
    const answer = await send(question);
    const isSilent = answer.kind === "unreachable" && answer.cause.startsWith("no answer in");
    silences.set(origin, isSilent ? before + 1 : 0);
    return answer;
  };
}
