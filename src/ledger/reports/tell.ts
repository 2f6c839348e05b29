/**
 * Tells one report to GitHub. Making a check run or comment cannot be repeated without harm: that it
 * may have left is durable before it leaves, and after a lost answer GitHub is asked for ours first.
 */
import { LEASE_MS } from "../../config.ts";
import type { Answer } from "../../domain/outcome.ts";
import type { RepositoryRef } from "../../domain/ports.ts";
import { backoffMs } from "../../domain/retry.ts";
import type { WriteAnswer } from "../../domain/reporting.ts";
import type { LedgerContext } from "../ledger-context.ts";
import type { Message } from "./message.ts";
import { messageOf } from "./message.ts";
import type { ReportRow } from "./report-store.ts";
import { missReceipt } from "./receipts.ts";
import { noteWorking, switchOff } from "./switched-off.ts";
import { noteAstray } from "./whereabouts.ts";

type Outcome = WriteAnswer<number>;

/** Tells the newest state, unless it was told already. */
export async function tell(
  context: LedgerContext,
  repository: RepositoryRef,
  row: ReportRow,
): Promise<void> {
  const { store, clock } = context;
  if (row.kind === "receipt") return missReceipt(context, row.subject.slice("receipt:".length));
  const message = messageOf(context, row);
  if (message === null || (message.digest === row.told && row.remoteId !== null)) {
    store.reports.rest(row.subject);
    return;
  }
  const isNew = row.remoteId === null;
  const intentAt = isNew ? (row.intentAt ?? clock.now()) : null;
  // A process that dies is followed by another try then; a living one takes one round at a time.
  store.reports.lease(row.subject, clock.now() + LEASE_MS, intentAt);
  const answer = isNew
    ? await create(context, repository, row, message)
    : await message.update(repository, row.remoteId);
  record(context, { row, message, isNew }, answer);
}

async function create(
  { clock, settings }: LedgerContext,
  repository: RepositoryRef,
  row: ReportRow,
  message: Message,
): Promise<Outcome> {
  if (row.intentAt === null) return message.create(repository);
  // GitHub may still be at work on the call whose answer was lost.
  const settledAt = row.intentAt + settings.unknownSettleMs;
  if (clock.now() < settledAt) return { kind: "unknown", cause: "settling" };
  const found: Answer<number | null> = await message.find(repository, row.intentAt);
  if (found.kind !== "ok")
    return found.kind === "refused" ? found : { kind: "unknown", cause: found.cause };
  return found.value === null
    ? message.create(repository)
    : message.update(repository, found.value);
}

function record(
  context: LedgerContext,
  told: { row: ReportRow; message: Message; isNew: boolean },
  answer: Outcome,
): void {
  const { store, clock, log } = context;
  const { row, message, isNew } = told;
  const { subject, kind } = row;
  switch (answer.kind) {
    case "ok":
      noteWorking(context, kind);
      store.reports.settle(row, {
        remoteId: answer.value,
        told: message.digest,
        nowMs: clock.now(),
      });
      return;
    case "refused":
      return switchOff(context, kind);
    case "absent":
      noteAstray(context, answer.cause);
      if (store.meta("reports_lost") !== null) return putOff(context, row, null);
      log.info("report.gone", { subject, cause: answer.cause });
      store.reports.bury(subject);
      return;
    case "later":
      noteAstray(context, answer.cause);
      // Surely not made: what left before, if anything, is still to be looked for.
      return putOff(context, row, { intentAt: row.intentAt, notBeforeMs: answer.notBeforeMs });
    case "unknown": {
      const intentAt = isNew ? (row.intentAt ?? clock.now()) : null;
      const settledAt = (intentAt ?? 0) + context.settings.unknownSettleMs;
      return putOff(context, row, { intentAt, notBeforeMs: isNew ? settledAt : null });
    }
  }
}

function putOff(
  { store, clock, settings, log }: LedgerContext,
  row: ReportRow,
  about: { intentAt: number | null; notBeforeMs: number | null } | null,
): void {
  const { subject, attempts } = row;
  if (attempts + 1 >= settings.retryMaxAttempts) {
    log.warn("report.given-up", { subject, attempts: attempts + 1 });
    // Whether it exists stays open: the next news looks for it first.
    store.reports.giveUp(subject, about?.intentAt ?? null);
    return;
  }
  const own = clock.now() + backoffMs(settings.retryBaseMs, attempts, clock.draw());
  const dueAt = Math.max(own, about?.notBeforeMs ?? 0);
  store.reports.putOff(subject, dueAt, about?.intentAt ?? null);
}
