/** Reads GitHub's list of deliveries page by page; what a page says is recorded with where to go on. */
import type { DeliveryPage } from "../../domain/app-github.ts";
import type { Later } from "../../domain/outcome.ts";
import { silentUntil, waitAfter } from "./app-silence.ts";
import { leavesGap, readPage, type Reading, restartWalk, type Walk } from "./delivery-walk.ts";
import type { Round, SweepContext } from "./sweep-context.ts";

/** At 100 attempts each. With what else a round asks it stays within the free plan's 50 requests. */
const PAGES_PER_ROUND = 10;

/** Goes on with the walk, if there is one. Returns when it wants to go on, or null. */
export async function walkDeliveries(context: SweepContext, round: Round): Promise<number | null> {
  const { progress, clock } = context;
  for (let page = 0; page < PAGES_PER_ROUND && !round.isOver(); page++) {
    const { phase, walk, retryAt } = progress.get("deliveries");
    if (phase !== "walking" || walk === null) return null;
    const until = Math.max(silentUntil(context) ?? 0, retryAt);
    if (until > clock.now()) return until;
    round.renewLease();
    await readNext(context, walk);
  }
  const { phase, retryAt } = progress.get("deliveries");
  return phase === "walking" ? Math.max(clock.now(), retryAt) : null;
}

async function readNext(context: SweepContext, walk: Walk): Promise<void> {
  const answer = await context.github.hookDeliveries(walk.cursor);
  switch (answer.kind) {
    case "ok":
      return recordPage(context, walk, answer.value);
    case "absent":
      return startOver(context, walk, answer.cause);
    case "later":
      return postpone(context, answer);
    case "refused":
      return postpone(context, { kind: "later", notBeforeMs: null, cause: answer.reason });
  }
}

/** No await stands in here: the runtime commits what a page said and where to go on as one. */
function recordPage(context: SweepContext, walk: Walk, page: DeliveryPage): void {
  const { failures, progress, log } = context;
  if (page.unreadable > 0) log.error("sweep.unreadable", { attempts: page.unreadable });
  const reading = readPage(walk, page, (guid) => failures.wasRedelivered(guid));
  for (const failed of reading.failed) failures.remember(failed);
  failures.forget(reading.succeeded);
  failures.addRedelivered(reading.redelivered);
  progress.update("deliveries", { walk: reading.walk, tries: 0, retryAt: 0 });
  if (reading.ended !== null) finish(context, reading);
}

function finish(context: SweepContext, reading: Reading): void {
  const { failures, progress, clock, log } = context;
  const { markAt, last } = progress.get("deliveries");
  const { walk } = reading;
  if (leavesGap(reading, { markAt, last })) {
    const since = last === null ? null : new Date(last.startedAt).toISOString();
    log.error("sweep.behind", { cause: "list-too-short", since });
  }
  failures.clearRedelivered();
  failures.prune(walk.stopAt);
  const newest = walk.newestAt === null ? markAt : Math.max(walk.newestAt, markAt ?? 0);
  progress.update("deliveries", {
    phase: "asking",
    markAt: newest,
    last: { startedAt: walk.startedAt, finishedAt: clock.now() },
    asked: 0,
  });
}

/** A cursor that leads nowhere means the top again; without one the hook itself is not there. */
function startOver(context: SweepContext, walk: Walk, cause: string): void {
  const { progress, log } = context;
  log.warn("sweep.started-over", { cause, pages: walk.pages });
  progress.update("deliveries", { walk: restartWalk(walk) });
  postpone(context, { kind: "later", notBeforeMs: null, cause });
}

function postpone(context: SweepContext, later: Later): void {
  // Kept back by our own count: nothing has been tried, and the next round tries it at once.
  if (later.unasked === true) return;
  const { progress, log } = context;
  const tries = progress.get("deliveries").tries + 1;
  const retryAt = waitAfter(context, later, tries);
  log.warn("sweep.postponed", {
    cause: later.cause,
    tries,
    until: new Date(retryAt).toISOString(),
  });
  progress.update("deliveries", { tries, retryAt });
}
