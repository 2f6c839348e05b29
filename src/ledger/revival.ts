/** What a redelivery brings back: dispatches that were given up, and that GitHub surely never took. */
import { type Claim, claimKey } from "../domain/subject.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import { mayBeRevived } from "./doubt.ts";
import type { Store } from "./store.ts";

/** So many generations may come without a person's word; then a person has to say it. */
export const MOST_UNASKED_GENERATIONS = 5;

/**
 * Every dispatch that a claim led to, those among them that another claim of the same commit opened
 * first: what became of those is what became of this claim.
 */
export function dispatchesBehind(store: Store, claim: Claim): DispatchRow[] {
  const key = claimKey(claim);
  const own = store.dispatchesOfClaim(key);
  const taken = store.dispatch(store.aliases.targetOfClaim(key) ?? "");
  return taken === null ? own : [...own, ...store.dispatchesOfClaim(taken.claimKey)];
}

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
