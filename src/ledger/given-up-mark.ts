/** Whether something was given up that may come back when GitHub shows the repository again. */
import { hastenScan } from "./scan-schedule.ts";
import type { Store } from "./store.ts";

/** Where the look has come to: the id of the last row, empty at the beginning; absent before the first look. */
export const GIVEN_UP = "given_up";
export const NOTHING_LEFT = "none";

/** A dispatch was given up: there is something to look at when GitHub shows the repository again. */
export function noteGivenUp(store: Store): void {
  store.setMeta(GIVEN_UP, "");
}

/** GitHub has just shown the repository: brings the scan forward if something waits for that. */
export function expectRevival(store: Store, nowMs: number, intervalMs: number): boolean {
  const place = store.meta(GIVEN_UP);
  const isWaiting = place !== null && place !== NOTHING_LEFT;
  return isWaiting && hastenScan(store, nowMs, intervalMs);
}
