/** Where the search for a tag's branch has come to, kept in the ledger from one alarm to the next. */
import { NEXT_ALARM } from "../domain/alarm-full.ts";
import { parse } from "./dispatch-row.ts";
import type { Store } from "./store.ts";
import type { BranchPlace, BranchSearch } from "./tag-branches.ts";

/** With what else a proof asks, well within an alarm, and other dispatches have their part of it. */
const BRANCHES_PER_ALARM = 30;

/** The search of one dispatch; it goes on where the last alarm left it. */
export function searchOf(store: Store, dispatchId: string): BranchSearch {
  const key = keyOf(dispatchId);
  const text = store.meta(key);
  return {
    most: BRANCHES_PER_ALARM,
    unfinished: NEXT_ALARM,
    place: text === null ? null : placeIn(parse(text)),
    keep: (place) => store.setMeta(key, JSON.stringify(place)),
  };
}

/** The search is over. */
export function forgetSearch(store: Store, dispatchId: string): void {
  const key = keyOf(dispatchId);
  if (store.meta(key) !== null) store.dropMeta(key);
}

/** Null for what is damaged: then the search begins anew. */
function placeIn(value: unknown): BranchPlace | null {
  const place = value as BranchPlace | null;
  const isWhole =
    typeof place?.sha === "string" &&
    typeof place.after === "string" &&
    Number.isSafeInteger(place.asked) &&
    Array.isArray(place.found);
  return isWhole ? place : null;
}

function keyOf(dispatchId: string): string {
  return `branches:${dispatchId}`;
}
