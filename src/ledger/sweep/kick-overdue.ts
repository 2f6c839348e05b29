/** Kicks the ledgers whose alarm should have come and did not. */
import { bounded, inGroups } from "./bounded.ts";
import type { Round, SweepContext } from "./sweep-context.ts";

/** So late an alarm may be: what is later has been lost. */
const GRACE_MS = 2 * 60_000;
const KICKS_PER_ROUND = 50;
const AT_ONCE = 6;
const INDEX_TIMEOUT_MS = 5_000;
const KICK_TIMEOUT_MS = 5_000;

/**
 * Goes on with the look over overdue ledgers, if one is wanted. It goes through all of them once,
 * so that one which cannot be helped does not stand before the others. Returns when it wants to go
 * on, or null.
 */
export async function kickOverdue(context: SweepContext, round: Round): Promise<number | null> {
  const { overdue, progress, clock, log } = context;
  const { wanted, after } = progress.get("kick");
  if (!wanted) return null;
  // The question is a call, too.
  const limit = Math.min(KICKS_PER_ROUND, round.callsLeft() - 1);
  if (limit < 1) return clock.now();
  round.renewLease();
  const ask = { beforeMs: clock.now() - GRACE_MS, after, limit };
  const answer = await bounded(() => overdue.overdue(ask), INDEX_TIMEOUT_MS);
  if (answer.kind === "failed") log.warn("sweep.index-silent", { cause: answer.cause });
  const found = answer.kind === "done" && answer.value.kind === "ok" ? answer.value.value : [];
  await inGroups(
    found,
    AT_ONCE,
    ({ repositoryId }) => kick(context, repositoryId),
    round.renewLease,
  );
  const last = found.at(-1);
  const more = last !== undefined && found.length === limit;
  progress.update("kick", more ? { after: last } : { wanted: false, after: null });
  return more ? clock.now() : null;
}

async function kick({ ledger, log }: SweepContext, repositoryId: number): Promise<void> {
  const done = await bounded(() => ledger(repositoryId).kick(), KICK_TIMEOUT_MS);
  if (done.kind === "done") log.info("sweep.kicked", { repository_id: repositoryId });
  else log.warn("sweep.kick-failed", { repository_id: repositoryId, cause: done.cause });
}
