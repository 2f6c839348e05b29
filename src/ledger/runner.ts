/**
 * Does what is due, a bounded batch at a time. Holds nothing in memory between two calls: whatever
 * it knows stands in the store, so that it can stop anywhere and go on in another process.
 */
import { isFinal } from "../domain/dispatch-state.ts";
import { correspondenceDueAt } from "./correspondence.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import { advance, namesOf } from "./advance.ts";
import { follow } from "./follow.ts";
import { takeIn } from "./intake.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { work } from "./work.ts";
import { prune } from "./prune.ts";
import { putOff, scan, scanDueAt } from "./scan.ts";
import { collectReports } from "./reports/collect.ts";
import { reconcile } from "./reconcile.ts";
import type { DeliveryRow } from "./store.ts";

/** Deliveries taken in per call; no I/O, only rows. */
const INTAKE_BATCH = 100;
/** Dispatches per call: at six questions each, and up to twenty for reports, within the free plan's 50 subrequests. */
const WORK_BATCH = 5;
/** At once: a runtime opens at most six connections per invocation. */
const PARALLEL = 4;

/**
 * One round. `renewLease` is called before each group of calls to GitHub. Returns when retention
 * wants to go on, or null; everything else is in `nextDueAt`.
 */
export async function runDue(
  context: LedgerContext,
  renewLease: () => void,
): Promise<number | null> {
  const { store, clock } = context;
  for (const delivery of store.pendingDeliveries(INTAKE_BATCH)) takeInOne(context, delivery);
  // Beside the dispatches and not before them: a scan waits for GitHub, and nobody waits for a scan.
  const scanning = scan(context).catch((error: unknown) => {
    context.log.error("scan.bug", { error: nameOf(error) });
    // Or it would be due at once, for ever.
    putOff(context, null);
  });
  const due = store.dueDispatches(clock.now(), WORK_BATCH);
  for (let start = 0; start < due.length; start += PARALLEL) {
    renewLease();
    await Promise.all(due.slice(start, start + PARALLEL).map((row) => attempt(context, row)));
  }
  await scanning;
  collectReports(context);
  return prune(context);
}

/** When a delivery, a dispatch or the scan is next due, or null. */
export function workDueAt({ store }: Pick<LedgerContext, "store">): number | null {
  const times = [store.nextDueAt(), scanDueAt(store)].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** A delivery that cannot be taken in is put aside: it must not keep those behind it from their turn. */
function takeInOne(context: LedgerContext, delivery: DeliveryRow): void {
  const { store, log } = context;
  const { guid, event } = delivery;
  try {
    if (delivery.claim === null) throw new Error("pending without a claim");
    takeIn(context, delivery);
  } catch (error) {
    log.error("delivery.bug", { delivery_id: guid, github_event: event, error: nameOf(error) });
    store.setPending(guid, false);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}

/** When there is next something to do, to answer or to tell, or null. */
export function nextDueAt({ store }: Pick<LedgerContext, "store">): number | null {
  if (store.reports.hasNews()) return 0;
  const times = [workDueAt({ store }), correspondenceDueAt({ store })].filter(
    (time) => time !== null,
  );
  return times.length === 0 ? null : Math.min(...times);
}

/** One poisoned row must not keep the others from their turn. */
async function attempt(context: LedgerContext, row: DispatchRow): Promise<void> {
  try {
    await step(context, row);
  } catch (error) {
    context.log.error("dispatch.bug", { ...namesOf(row), state: row.state, error: nameOf(error) });
    putAside(context, row);
  }
}

const POISON_WAIT_MS = 60_000;
const LONGEST_POISON_WAIT_MS = 3_600_000;
/** A platform that stumbles once or twice is nobody's business. */
const GRIEFS_BEFORE_ALERT = 3;

/** Looks at a damaged row ever less often; whoever operates the relay hears of it once. */
function putAside({ store, clock, alert }: LedgerContext, row: DispatchRow): void {
  const current = store.dispatch(row.id);
  if (current === null || current.dueAt === null) return;
  const key = `damaged:${row.id}`;
  const griefs = Number(store.meta(key) ?? 0) + 1;
  store.setMeta(key, String(griefs));
  const wait = Math.min(POISON_WAIT_MS * 2 ** Math.min(griefs - 1, 30), LONGEST_POISON_WAIT_MS);
  store.updateDispatch(current, { dueAt: clock.now() + wait });
  if (griefs !== GRIEFS_BEFORE_ALERT) return;
  const text = "a dispatch cannot be worked on: its row is damaged, or the relay has a bug";
  alert("dispatch.damaged", text, { ...namesOf(row), state: row.state });
}

async function step(context: LedgerContext, row: DispatchRow): Promise<void> {
  if (row.state === "held" || isFinal(row.state)) {
    context.store.updateDispatch(row, { dueAt: null });
    return;
  }
  switch (row.state) {
    case "queued":
    case "proving":
    case "waiting":
      return work(context, row);
    case "dispatching":
      return noteInterruption(context, row);
    case "unknown":
      return reconcile(context, row);
    case "dispatched":
    case "running":
      return follow(context, row);
  }
}

/** The process died between the call and its record: the same as a lost answer. */
function noteInterruption(context: LedgerContext, row: DispatchRow): void {
  const now = context.clock.now();
  const dueAt = now + context.settings.unknownSettleMs;
  advance(context, row, "lose", { cause: "interrupted", fields: { lostAt: now, dueAt } });
}
