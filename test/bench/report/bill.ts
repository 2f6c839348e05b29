/** The bill of a month, from what one merge was measured to use. Prices: Cloudflare's of July 2026. */
import type { PerMerge } from "../parts/scale.ts";

export interface Bill {
  readonly merges: number;
  readonly workerRequests: number;
  readonly objectRequests: number;
  readonly rowsWritten: number;
  readonly gbSeconds: number;
  readonly dollars: number;
}

/** Of an object's memory, billed while it is awake. */
const OBJECT_GB = 0.128;
/** GitHub sends several deliveries that are ignored for each that is not: pushes, labels, checks. */
export const IGNORED_PER_MERGE = 10;

/** The paid plan: 5 dollars, with what they include. */
export function billOf(merges: number, warm: PerMerge): Bill {
  const workerRequests = merges * (warm.deliveries + IGNORED_PER_MERGE);
  const objectRequests = merges * (warm.accepts + warm.alarms);
  const rowsWritten = merges * (warm.rowsWritten + warm.alarmsSet);
  const gbSeconds = (merges * warm.awakeMs * OBJECT_GB) / 1000;
  const dollars =
    5 +
    beyond(workerRequests, 10e6) * 0.3 +
    beyond(objectRequests, 1e6) * 0.15 +
    beyond(rowsWritten, 50e6) * 1 +
    Math.max(0, gbSeconds - 400_000) * 12.5e-6;
  return { merges, workerRequests, objectRequests, rowsWritten, gbSeconds, dollars };
}

/** Merges a day within each limit of the free plan. */
export function freePlanReach(warm: PerMerge): Readonly<Record<string, number>> {
  return {
    "Worker requests (100,000 a day)": 100_000 / (warm.deliveries + IGNORED_PER_MERGE),
    "object requests (100,000 a day)": 100_000 / (warm.accepts + warm.alarms),
    "rows written (100,000 a day)": 100_000 / (warm.rowsWritten + warm.alarmsSet),
    "rows read (5,000,000 a day)": 5e6 / warm.rowsRead,
    "GB-s (13,000 a day)": 13_000 / ((warm.awakeMs * OBJECT_GB) / 1000),
  };
}

function beyond(used: number, included: number): number {
  return Math.max(0, used - included) / 1e6;
}
