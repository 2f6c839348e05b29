/** When a delivery that failed is asked for again, and for how long. Pure. */
import { WINDOW_MS } from "./delivery-walk.ts";

export interface AskRule {
  /** From the first ask to the second. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** From the first failure on; then nobody can have it delivered again. */
  readonly windowMs: number;
}

export const ASK_RULE: AskRule = {
  firstWaitMs: 5 * 60_000,
  longestWaitMs: 3_600_000,
  windowMs: WINDOW_MS,
};

/** The cron comes every five minutes and not to the second: what is due before the next one is due. */
const TICK_SLACK_MS = 60_000;
/** A redelivery is listed when it has ended: within this time after it was asked for. */
const ASK_SETTLES_MS = 60_000;

/** The wait after that many asks, from 1: doubled each time, up to the longest. */
export function waitAfterAsks(asks: number, rule: AskRule): number {
  return Math.min(rule.firstWaitMs * 2 ** Math.min(asks - 1, 30), rule.longestWaitMs);
}

/** Which failures have their turn, as limits that a query can use. */
export interface Turn {
  /** Its next time is this or earlier. */
  readonly dueBy: number;
  /** Not asked for after this: the last walk could not yet see what came of it. */
  readonly askedBefore: number;
  /** It failed first at this time or earlier: nobody can ask for it any more. */
  readonly expiredBy: number;
}

/** Whose turn it is after a walk that began at `walkStartedAt`. */
export function turnAt(nowMs: number, walkStartedAt: number, rule: AskRule): Turn {
  return {
    dueBy: nowMs + TICK_SLACK_MS,
    askedBefore: walkStartedAt - ASK_SETTLES_MS,
    expiredBy: nowMs - rule.windowMs,
  };
}
