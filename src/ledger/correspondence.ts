/**
 * One bounded round of what people asked and of what they are to be told. Runs beside the
 * dispatches: none waits for it, and none fails with it.
 */
import { earliest } from "./earliest.ts";
import type { RepositoryRef } from "../domain/ports.ts";
import { answerCommand } from "./commands/answer-command.ts";
import type { CommandRow } from "./commands/command-store.ts";
import type { Desk } from "./order.ts";
import { tell } from "./reports/tell.ts";
import { whereabouts } from "./reports/whereabouts.ts";

const COMMANDS_PER_ROUND = 2;
const REPORTS_PER_ROUND = 4;
const RETRY_MS = 60_000;
/** A person, tokens, an order's questions, an answer. */
const CALLS_PER_COMMAND = 16;
/** A token, a look for ours, the report. */
const CALLS_PER_REPORT = 5;

/** Answers commands and tells reports that are due. */
export async function correspond(desk: Desk): Promise<void> {
  const { store, clock, allowance } = desk;
  const next = correspondenceDueAt(desk);
  if (next === null || next > clock.now()) return;
  const repository = await whereabouts(desk);
  const now = clock.now();
  for (const row of store.commands.due(now, COMMANDS_PER_ROUND)) {
    if (allowance.left() < CALLS_PER_COMMAND) return;
    if (repository === null) store.commands.putOff(row.name, now + RETRY_MS, row.attempts);
    else await guarded(desk, row.name, () => answerOne(desk, repository, row));
  }
  for (const row of store.reports.due(now, REPORTS_PER_ROUND)) {
    if (allowance.left() < CALLS_PER_REPORT) return;
    if (repository === null) store.reports.putOff(row.subject, now + RETRY_MS, row.intentAt);
    else await guarded(desk, row.subject, () => tell(desk, repository, row));
  }
}

/** A damaged one is put aside for good: nobody can tell any more what was asked. */
function answerOne(desk: Desk, repository: RepositoryRef, row: CommandRow): Promise<void> {
  const { name, guid, command } = row;
  if (command !== null) return answerCommand(desk, repository, { ...row, command });
  desk.log.error("command.bug", { command_id: name, delivery_id: guid, cause: "damaged" });
  desk.store.commands.finish(name);
  return Promise.resolve();
}

/** When there is next something to answer or to tell, or null. */
export function correspondenceDueAt({ store }: Pick<Desk, "store">): number | null {
  return earliest(store.commands.nextDueAt(), store.reports.nextDueAt());
}

/** One that cannot be told must not keep the others from their turn. */
async function guarded(desk: Desk, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const cause = error instanceof Error ? error.name : "unknown";
    desk.log.error("report.bug", { subject: name, error: cause });
    const later = desk.clock.now() + RETRY_MS;
    desk.store.commands.putOff(name, later, 0);
    desk.store.reports.putOff(name, later, desk.store.reports.get(name)?.intentAt ?? null);
  }
}
