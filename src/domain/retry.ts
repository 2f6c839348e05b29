/**
 * When to try again. Pure: the clock and the draw come in as arguments.
 */

/** The longest wait between two attempts that we choose ourselves; GitHub may ask for a longer one. */
export const MAX_BACKOFF_MS = 300_000;

/**
 * Exponential backoff with jitter: min(base × 2ⁿ, 5 minutes), of which the upper half is drawn.
 * Half and not all of it, so that a wait is never near zero and a burst still spreads out.
 *
 * @param attempt how many attempts failed already, from 0
 * @param draw a number in [0, 1)
 */
export function backoffMs(baseMs: number, attempt: number, draw: number): number {
  const ceiling = Math.min(baseMs * 2 ** Math.min(attempt, 30), MAX_BACKOFF_MS);
  return Math.round(ceiling / 2 + (ceiling / 2) * draw);
}

/**
 * The time of the next attempt: what GitHub asked for, or our own backoff, whichever is later.
 *
 * @param notBeforeMs a moment that GitHub named (`retry-after`, `x-ratelimit-reset`), or null
 */
export function nextAttemptAt(
  nowMs: number,
  wait: { baseMs: number; attempt: number; draw: number; notBeforeMs: number | null },
): number {
  const own = nowMs + backoffMs(wait.baseMs, wait.attempt, wait.draw);
  return wait.notBeforeMs === null ? own : Math.max(own, wait.notBeforeMs);
}
