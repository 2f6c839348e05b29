/**
 * One round of everything that the sweeper does, a bounded piece of each. Nothing is held in memory
 * between two rounds, so that it can stop anywhere and go on in another process.
 */
import { type Allowance, UNCOUNTED } from "../allowance.ts";
import { askAgain } from "./ask-again.ts";
import { kickOverdue } from "./kick-overdue.ts";
import type { Round, SweepContext } from "./sweep-context.ts";
import { walkDeliveries } from "./walk-deliveries.ts";
import { walkInstallations } from "./walk-installations.ts";

const PARTS = { walkDeliveries, askAgain, kickOverdue, walkInstallations };

/** Far below the 15 minutes that the platform gives an alarm. */
const ROUND_MS = 60_000;
/** A token that GitHub refuses, and a page: each is asked for twice. */
const REQUESTS_PER_STEP = 4;

/**
 * Returns when the next round is wanted; null: not before the cron comes. What the allowance does not
 * reach for is left as it stands, and wanted at once.
 */
export async function sweepRound(
  context: SweepContext,
  renewLease: () => void,
  allowance: Allowance = UNCOUNTED,
): Promise<number | null> {
  const endAt = context.clock.now() + ROUND_MS;
  const isFull = (): boolean => allowance.left() < REQUESTS_PER_STEP || allowance.callsLeft() === 0;
  const round: Round = {
    renewLease,
    isOver: () => context.clock.now() >= endAt || isFull(),
    callsLeft: () => allowance.callsLeft(),
  };
  const times: number[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    const next = await guarded(context, name, () => part(context, round));
    if (next !== null) times.push(next);
  }
  return times.length === 0 ? null : Math.min(...times);
}

/** A bug in one part must not keep the others from their turn; the cron tries it again. */
async function guarded(
  { log }: SweepContext,
  part: string,
  work: () => Promise<number | null>,
): Promise<number | null> {
  try {
    return await work();
  } catch (error) {
    log.error("sweep.bug", { part, error: error instanceof Error ? error.name : "unknown" });
    return null;
  }
}
