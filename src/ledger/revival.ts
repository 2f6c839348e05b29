/** What a redelivery brings back: dispatches that were given up, and that GitHub surely never took. */
import type { DispatchRow } from "./dispatch-row.ts";
import { mayBeRevived } from "./doubt.ts";

/** So many generations may come without a person's word; then a person has to say it. */
export const MOST_UNASKED_GENERATIONS = 5;

/** The last generation under each key. */
export function newestOf(rows: readonly DispatchRow[]): DispatchRow[] {
  const newest = new Map<string, DispatchRow>();
  for (const row of rows) {
    const other = newest.get(row.key);
    if (!other || other.generation < row.generation) newest.set(row.key, row);
  }
  return [...newest.values()];
}

/** Those among the newest rows of a claim that the same claim revives. */
export function revivable(newest: readonly DispatchRow[]): DispatchRow[] {
  // A decision that was given up (no route yet) is out of date once the claim has a dispatch.
  const routed = newest.filter((row) => row.route !== null);
  return (routed.length > 0 ? routed : newest).filter((row) => mayBeRevived(row));
}
