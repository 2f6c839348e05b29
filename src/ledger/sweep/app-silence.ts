/** A rate limit of the App holds for everything that it asks as itself, and over restarts. */
import type { Later } from "../../domain/outcome.ts";
import { nextAttemptAt } from "../../domain/retry.ts";
import type { SweepContext } from "./sweep-context.ts";

/** The first wait after a call that failed without GitHub naming a time. */
const RETRY_BASE_MS = 5_000;

/** When the App may ask again; null: now. */
export function silentUntil({ progress, clock }: SweepContext): number | null {
  const until = progress.get("app").silentUntil;
  return until > clock.now() ? until : null;
}

/** When to repeat a call after `tries` failures in a row; keeps silent where GitHub asked for it. */
export function waitAfter(context: SweepContext, later: Later, tries: number): number {
  const { progress, clock } = context;
  const { notBeforeMs } = later;
  if (notBeforeMs !== null) {
    const until = Math.max(progress.get("app").silentUntil, notBeforeMs);
    progress.update("app", { silentUntil: until });
  }
  const wait = { baseMs: RETRY_BASE_MS, attempt: tries - 1, draw: clock.draw(), notBeforeMs };
  return nextAttemptAt(clock.now(), wait);
}
