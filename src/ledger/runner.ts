/**
 * Does what is due, a bounded batch at a time. Holds nothing in memory between two calls: whatever
 * it knows stands in the store, so that it can stop anywhere and go on in another process.
 */
import { isFinal } from "../domain/dispatch-state.ts";
import { correspondenceDueAt } from "./correspondence.ts";
import { earliest } from "./earliest.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import { advance, namesOf } from "./advance.ts";
import { follow } from "./follow.ts";
import { takeIn } from "./intake.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { work } from "./work.ts";
import { prune } from "./prune.ts";
import { putOff, scan } from "./scan.ts";
import { expectScanSoon, scanDueAt } from "./scan-schedule.ts";
import { expectationFor } from "./expectation.ts";
import { collectReports } from "./reports/collect.ts";
import { reconcile } from "./reconcile.ts";
import type { DeliveryRow } from "./store.ts";

/** Deliveries taken in per call; no I/O, only rows. */
const INTAKE_BATCH = 100;
/** Dispatches per call, as far as the allowance reaches. */
const WORK_BATCH = 8;
/** What one may ask at most: a first merge with a foreign builder, tokens and all. */
const CALLS_PER_DISPATCH = 12;
/** The files of a pull request are up to thirty pages. */
const CALLS_WITH_FILES = 40;
/** Looking for a repository, its installation and a token, and the pages: beside three dispatches it is within 50. */
const CALLS_PER_SCAN = 10;
const SCAN_PAGES = 5;
/** A scan that is so late has its page after a full batch, too. */
const SCAN_PATIENCE_MS = 900_000;
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
  const deliveries = store.pendingDeliveries(INTAKE_BATCH);
  for (const delivery of deliveries) takeInOne(context, delivery);
  if (deliveries.length > 0) expectScanSoon(store, clock.now(), context.settings.scanIntervalMs);
  const due = store.dueDispatches(clock.now(), WORK_BATCH);
  // Beside the dispatches and not before them: a scan waits for GitHub, and nobody waits for a scan.
  const scanning = due.length < PARALLEL ? scanSome(context, SCAN_PAGES) : null;
  const isThrough = await workThrough(context, due, renewLease);
  await (scanning ?? (isThrough || isScanLate(context) ? scanSome(context, 1) : null));
  collectReports(context);
  return prune(context);
}

/** False when the allowance did not reach: what is left is due in the next round. */
async function workThrough(
  context: LedgerContext,
  due: readonly DispatchRow[],
  renewLease: () => void,
): Promise<boolean> {
  for (let start = 0; start < due.length;) {
    const group = affordable(context, due.slice(start, start + PARALLEL));
    if (group.length === 0) return false;
    renewLease();
    await Promise.all(group.map((row) => attempt(context, row)));
    start += group.length;
  }
  return true;
}

/** As many, from the first on, as the allowance surely suffices for. */
function affordable(
  { allowance, store }: LedgerContext,
  rows: readonly DispatchRow[],
): DispatchRow[] {
  const left = allowance.left();
  let wanted = 0;
  return rows.filter(({ claim }) => {
    const withFiles = expectationFor(store, claim)?.changedFiles === true;
    wanted += withFiles ? CALLS_WITH_FILES : CALLS_PER_DISPATCH;
    return wanted <= left;
  });
}

function isScanLate({ store, clock }: LedgerContext): boolean {
  const due = scanDueAt(store);
  return due !== null && clock.now() - due > SCAN_PATIENCE_MS;
}

async function scanSome(context: LedgerContext, pages: number): Promise<void> {
  if (context.allowance.left() < CALLS_PER_SCAN) return;
  try {
    await scan(context, pages);
  } catch (error) {
    context.log.error("scan.bug", { error: nameOf(error) });
    // Or it would be due at once, for ever.
    putOff(context, null);
  }
}

/** When a delivery, a dispatch or the scan is next due, or null. */
export function workDueAt({ store }: Pick<LedgerContext, "store">): number | null {
  return earliest(store.nextDueAt(), scanDueAt(store));
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
  return earliest(workDueAt({ store }), correspondenceDueAt({ store }));
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
