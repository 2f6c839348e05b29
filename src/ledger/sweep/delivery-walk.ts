/**
 * The walk over GitHub's list of deliveries, from the newest to where the last walk began. Pure: what
 * one page says, and where the next one begins.
 */
import type { DeliveryPage, HookDelivery } from "../../domain/app-github.ts";
import { mayMatter } from "../../domain/relevant-events.ts";

/** So long GitHub keeps an attempt, lists it and delivers it again. */
export const WINDOW_MS = 3 * 86_400_000;
/**
 * A walk reads this much of what the last one has read: an attempt is listed only when it has ended,
 * and GitHub's machines need not agree on the second.
 */
const OVERLAP_MS = 3 * 60_000;

/** A walk, as it stands between two pages. Times are milliseconds. */
export interface Walk {
  readonly startedAt: number;
  /** Null: the next page is the first. */
  readonly cursor: string | null;
  /** What was delivered before is not looked at. */
  readonly stopAt: number;
  /** Of what was read so far. */
  readonly newestAt: number | null;
  readonly oldestAt: number | null;
  readonly pages: number;
}

/** What a page says. */
export interface Reading {
  /** Failed attempts at something that may matter, of a GUID without a success on or above this page. */
  readonly failed: readonly HookDelivery[];
  /** GUIDs with a success on this page. */
  readonly succeeded: readonly string[];
  /** Those of them that may have a failure further down: only a redelivery comes after a failure. */
  readonly redelivered: readonly string[];
  readonly walk: Walk;
  /** `stop`: as far as it was to go. `end`: GitHub's list has no more. Null: there is another page. */
  readonly ended: "stop" | "end" | null;
}

/** Begins at the top; `markAt` is the newest attempt that the last finished walk has seen. */
export function beginWalk(nowMs: number, markAt: number | null): Walk {
  const reach = nowMs - WINDOW_MS;
  const stopAt = markAt === null ? reach : Math.max(reach, markAt - OVERLAP_MS);
  return { startedAt: nowMs, cursor: null, stopAt, newestAt: null, oldestAt: null, pages: 0 };
}

/** Back to the top, with what is known kept: the cursor leads nowhere any more. */
export function restartWalk(walk: Walk): Walk {
  return { ...walk, cursor: null };
}

/** Reads one page. `redelivered` tells of the pages above it. */
export function readPage(
  walk: Walk,
  page: DeliveryPage,
  redelivered: (guid: string) => boolean,
): Reading {
  const successes = page.deliveries.filter(({ ok }) => ok);
  const succeeded = new Set(successes.map(({ guid }) => guid));
  const failed = page.deliveries.filter(
    ({ ok, guid, event, action, deliveredAtMs }) =>
      !ok &&
      deliveredAtMs >= walk.stopAt &&
      mayMatter(event, action) &&
      !succeeded.has(guid) &&
      !redelivered(guid),
  );
  const times = page.deliveries.map(({ deliveredAtMs }) => deliveredAtMs);
  const oldestAt = least([walk.oldestAt, ...times]);
  const next: Walk = {
    ...walk,
    cursor: page.next,
    newestAt: greatest([walk.newestAt, ...times]),
    oldestAt,
    pages: walk.pages + 1,
  };
  const again = successes.filter(({ redelivery }) => redelivery).map(({ guid }) => guid);
  return {
    failed,
    succeeded: [...succeeded],
    redelivered: [...new Set(again)],
    walk: next,
    ended: endOf(walk, page, oldestAt),
  };
}

function endOf(walk: Walk, page: DeliveryPage, oldestAt: number | null): Reading["ended"] {
  if (oldestAt !== null && oldestAt < walk.stopAt) return "stop";
  // A page that names itself as the next would be read for ever.
  return page.next === null || page.next === walk.cursor ? "end" : null;
}

/** What is known of the walk that ended last. */
export interface LastWalk {
  readonly startedAt: number;
  readonly finishedAt: number;
}

/**
 * True when there may be failures that no walk has seen: the last one was longer ago than GitHub
 * remembers, or the list ended above a mark that it should still hold.
 */
export function leavesGap(
  reading: Reading,
  before: { readonly markAt: number | null; readonly last: LastWalk | null },
): boolean {
  const { walk, ended } = reading;
  if (before.last !== null && walk.startedAt - before.last.startedAt > WINDOW_MS) return true;
  if (ended !== "end" || before.markAt === null) return false;
  const shouldBeListed = before.markAt > walk.startedAt - WINDOW_MS + OVERLAP_MS;
  return shouldBeListed && (walk.oldestAt === null || walk.oldestAt > before.markAt);
}

function least(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function greatest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}
