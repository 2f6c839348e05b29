/** The bill of a month, from what one merge was measured to use. Prices: Cloudflare's of July 2026. */
import type { MonthRow } from "../parts/month.ts";
import type { PerMerge } from "../parts/scale.ts";

export interface Bill {
  readonly merges: number;
  readonly workerRequests: number;
  readonly objectRequests: number;
  readonly rowsWritten: number;
  readonly gbSeconds: number;
  readonly cpuMs: number;
  readonly dollars: number;
}

/** What a merge costs with the rest of the month shared out over the merges. */
export interface Usage {
  readonly workerRequests: number;
  readonly objectRequests: number;
  readonly rowsWritten: number;
  readonly rowsRead: number;
  readonly gbSeconds: number;
  readonly cpuMs: number;
}

/** Of an object's memory, billed while it is awake. */
const OBJECT_GB = 0.128;
/** GitHub sends several deliveries that are ignored for each that is not: pushes, labels, checks. */
export const IGNORED_PER_MERGE = 10;
/** The cron's own, a month. */
const CRONS = 8_640;
const OBJECT_ROWS_PER_SCAN = 3;
const ALARMS_SET_PER_SCAN = 3;

/**
 * One merge as it was measured in workerd (rows, with their indices, and time awake), and beside it
 * what the played month says of its idle part: visits, and the scans that follow pushes and quiet.
 */
export function usageOf(warm: PerMerge, month: MonthRow | null, cpuMs: number): Usage {
  const scans = month?.perMerge.scan ?? 0;
  const visits = month?.visitsPerMerge ?? 0;
  // A day of a quiet repository has a visit; each scan has an alarm.
  const idleObjects = visits + scans;
  const awakeShare = warm.awakeMs / Math.max(1, warm.alarms);
  return {
    workerRequests: warm.deliveries + IGNORED_PER_MERGE,
    objectRequests: warm.accepts + warm.alarms + warm.objectCalls + idleObjects,
    rowsWritten:
      warm.rowsWritten +
      warm.alarmsSet +
      warm.indexQueries +
      scans * (OBJECT_ROWS_PER_SCAN + ALARMS_SET_PER_SCAN),
    rowsRead: warm.rowsRead + idleObjects * 15,
    gbSeconds: ((warm.awakeMs + scans * awakeShare) * OBJECT_GB) / 1000,
    cpuMs,
  };
}

/** The paid plan: 5 dollars, with what they include. */
export function billOf(merges: number, usage: Usage): Bill {
  const workerRequests = merges * usage.workerRequests + CRONS;
  const objectRequests = merges * usage.objectRequests + 2 * CRONS;
  const rowsWritten = merges * usage.rowsWritten;
  const gbSeconds = merges * usage.gbSeconds;
  const cpuMs = merges * usage.cpuMs;
  const dollars =
    5 +
    beyond(workerRequests, 10e6) * 0.3 +
    beyond(cpuMs, 30e6) * 0.02 +
    beyond(objectRequests, 1e6) * 0.15 +
    beyond(rowsWritten, 50e6) * 1 +
    Math.max(0, gbSeconds - 400_000) * 12.5e-6;
  return { merges, workerRequests, objectRequests, rowsWritten, gbSeconds, cpuMs, dollars };
}

/** The formula that `billOf` computes, for the report. */
export const FORMULA =
  "$5 + $0.30/M × (Worker requests − 10M) + $0.02/M × (CPU ms − 30M) + $0.15/M × (calls and alarms of objects − 1M) + $1/M × (rows written, alarms set and rows of the index − 50M) + $12.50/M × (0.128 GB × seconds awake − 400,000)";

/** Merges a day within each limit of the free plan. */
export function freePlanReach(usage: Usage): Readonly<Record<string, number>> {
  return {
    "Worker requests (100,000 a day)": 100_000 / usage.workerRequests,
    "object requests (100,000 a day)": 100_000 / usage.objectRequests,
    "rows written (100,000 a day)": 100_000 / usage.rowsWritten,
    "rows read (5,000,000 a day)": 5e6 / usage.rowsRead,
    "GB-s (13,000 a day)": 13_000 / usage.gbSeconds,
  };
}

function beyond(used: number, included: number): number {
  return Math.max(0, used - included) / 1e6;
}
