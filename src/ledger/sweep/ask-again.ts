/** After a walk: asks GitHub for the deliveries that failed and that no ledger has, the oldest first. */
import { silentUntil, waitAfter } from "./app-silence.ts";
import { type Turn, turnAt, waitAfterAsks } from "./ask-rule.ts";
import { bounded } from "./bounded.ts";
import type { Failure } from "./failure-store.ts";
import type { Round, SweepContext } from "./sweep-context.ts";

/** With the pages of a round it stays within the free plan's 50 requests. */
const ASKS_PER_ROUND = 15;
/** 60 a minute: GitHub allows 80 requests a minute that make something, and the relay must cope too. */
const ROUND_GAP_MS = 15_000;
/** So many calls in a row without an answer are GitHub's trouble and not those deliveries'. */
const FAILURES_IN_A_ROW = 3;
const EXPIRED_PER_ROUND = 100;
const LEDGER_TIMEOUT_MS = 5_000;

/** Goes on asking, if a walk has ended. Returns when it wants to go on, or null. */
export async function askAgain(context: SweepContext, round: Round): Promise<number | null> {
  const { progress, failures, clock, rule } = context;
  const { phase, last, retryAt } = progress.get("deliveries");
  if (phase !== "asking" || last === null) return null;
  const until = Math.max(silentUntil(context) ?? 0, retryAt);
  if (until > clock.now()) return until;
  const turn = turnAt(clock.now(), last.startedAt, rule);
  if (giveUpExpired(context, turn) === EXPIRED_PER_ROUND) return clock.now();
  const due = failures.due(turn, ASKS_PER_ROUND);
  const pause = await askEach(context, round, due);
  // Somebody has begun the next walk meanwhile: it says what is left to ask.
  if (progress.get("deliveries").phase !== "asking") return null;
  if (pause === null && due.length < ASKS_PER_ROUND && !round.isOver()) {
    finishSweep(context);
    return null;
  }
  const next = pause ?? clock.now() + ROUND_GAP_MS;
  progress.update("deliveries", { retryAt: next });
  return next;
}

/** Ends a sweep and says what it came to. */
export function finishSweep({
  progress,
  failures,
  log,
}: Pick<SweepContext, "progress" | "failures" | "log">): void {
  const { walk, asked } = progress.get("deliveries");
  log.info("sweep.finished", { pages: walk?.pages ?? 0, failures: failures.open(), asked });
  progress.update("deliveries", { phase: null, walk: null, tries: 0, retryAt: 0 });
}

/** Returns when to go on, if all of GitHub is to be left alone for a while. */
async function askEach(
  context: SweepContext,
  round: Round,
  due: readonly Failure[],
): Promise<number | null> {
  let unanswered = 0;
  for (const failure of due) {
    if (round.isOver()) return null;
    round.renewLease();
    if (!(await isMissing(context, failure))) continue;
    round.renewLease();
    const result = await askOne(context, failure, unanswered + 1);
    if (result.kind === "silence") return result.until;
    unanswered = result.kind === "unanswered" ? unanswered + 1 : 0;
    if (result.kind === "unanswered" && unanswered === FAILURES_IN_A_ROW) return result.until;
  }
  return null;
}

/** False when there is nothing to ask GitHub for, or the ledger cannot say so now. */
async function isMissing(context: SweepContext, failure: Failure): Promise<boolean> {
  const { ledger, failures, clock, log, rule } = context;
  const { guid, repositoryId } = failure;
  if (repositoryId === null) return true;
  const asked = await bounded(() => ledger(repositoryId).standing(guid), LEDGER_TIMEOUT_MS);
  if (asked.kind === "failed") {
    // It could not take the delivery either.
    failures.defer(guid, clock.now() + rule.firstWaitMs);
    log.warn("sweep.ledger-silent", {
      delivery_id: guid,
      repository_id: repositoryId,
      cause: asked.cause,
    });
    return false;
  }
  if (asked.value === "done") failures.settle(guid, "known");
  // It may yet be given up, and then the redelivery brings it back.
  if (asked.value === "open") failures.defer(guid, clock.now() + rule.firstWaitMs);
  return asked.value === "missing";
}

type Asked =
  | { readonly kind: "answered" }
  | { readonly kind: "unanswered"; readonly until: number }
  | { readonly kind: "silence"; readonly until: number };

async function askOne(context: SweepContext, failure: Failure, tries: number): Promise<Asked> {
  const { github, progress, failures, clock, log, rule } = context;
  const { guid, asks } = failure;
  failures.noteAsk(guid, clock.now(), clock.now() + waitAfterAsks(asks + 1, rule));
  const answer = await github.redeliver(failure.attemptId);
  switch (answer.kind) {
    case "asked":
      progress.update("deliveries", { asked: progress.get("deliveries").asked + 1 });
      log.info("sweep.asked", { ...named(failure), asks: asks + 1 });
      return { kind: "answered" };
    case "impossible":
      giveUp(context, failure, answer.cause);
      return { kind: "answered" };
    case "later": {
      if (answer.unasked === true) {
        failures.takeBackAsk(failure);
        return { kind: "silence", until: clock.now() };
      }
      log.warn("sweep.unasked", { ...named(failure), cause: answer.cause });
      const until = waitAfter(context, answer, tries);
      if (answer.notBeforeMs === null) return { kind: "unanswered", until };
      failures.takeBackAsk(failure);
      return { kind: "silence", until };
    }
  }
}

function giveUpExpired(context: SweepContext, turn: Turn): number {
  const expired = context.failures.expired(turn, EXPIRED_PER_ROUND);
  for (const failure of expired) giveUp(context, failure, "window-over");
  return expired.length;
}

/** The ledger's own scan finds the merge anyway; what else it was is lost, and somebody should know. */
function giveUp({ failures, log }: SweepContext, failure: Failure, cause: string): void {
  failures.settle(failure.guid, "given-up");
  log.error("sweep.given-up", { ...named(failure), cause, asks: failure.asks });
}

function named({ guid, event, repositoryId }: Failure) {
  return { delivery_id: guid, github_event: event, repository_id: repositoryId };
}
