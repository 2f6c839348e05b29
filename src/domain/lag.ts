/** From single times to what a person can read: medians and the slow end. Pure. */
import type { Lag } from "./dispatch-index.ts";

/** The middle and the 95th percentile, by nearest rank. */
export function lagOf(durationsMs: readonly number[]): Lag {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  return { count: sorted.length, p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) };
}

function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
