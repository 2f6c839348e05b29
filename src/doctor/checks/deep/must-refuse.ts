import { failed, ok, unknown, type Verdict } from "../../check.ts";
import { withoutRelay } from "../../health.ts";
import type { HttpAnswer } from "../../ports.ts";

interface Probe {
  /** What was sent, such as “an unsigned delivery”. */
  readonly what: string;
  readonly reason: string;
  readonly remedy: string;
}

/** A negative probe: only the expected refusal is well. */
export function mustRefuse(answer: HttpAnswer | null, expected: number, probe: Probe): Verdict {
  if (answer === null) return withoutRelay({ kind: "no-address" });
  if (answer.kind === "unreachable") {
    return unknown({ finding: `No answer (${answer.cause}).`, reason: `Sent: ${probe.what}.` });
  }
  if (answer.status === expected) return ok(`Refused, as it must be: ${probe.what} (${expected}).`);
  if (answer.status >= 500) {
    return unknown({
      finding: `The answer to ${probe.what} is ${answer.status}.`,
      reason: "A relay that does not work refuses nothing in particular.",
      remedy: "Mend what “relay” says, then run the doctor again.",
    });
  }
  return failed({
    finding: `Not refused: ${probe.what} got ${answer.status}, and must get ${expected}.`,
    reason: probe.reason,
    remedy: probe.remedy,
  });
}
