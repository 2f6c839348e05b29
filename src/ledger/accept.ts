/**
 * Taking a delivery: synchronous, so that the record, and the alarm that the caller sets right
 * after, are one atomic write.
 */
import type { Delivery, Receipt, Wake } from "../domain/delivery.ts";
import { isFinal } from "../domain/dispatch-state.ts";
import type { Claim } from "../domain/subject.ts";
import { forgetAbsences } from "./absences.ts";
import { addCommand, addSuite } from "./commands/add-command.ts";
import { toldEarly } from "./early-events.ts";
import { rememberRepository } from "./repository-memory.ts";
import { dispatchesBehind, newestOf, revivable } from "./revival.ts";
import type { Store } from "./store.ts";

/** A delivery of a builder's run that belongs to the ledger of another repository. */
export interface Forward {
  readonly outcome: "forward";
  readonly repositoryId: number;
  readonly dispatchId: string;
}

/** Records a delivery, or says why there is nothing to record. */
export function accept(store: Store, delivery: Delivery, nowMs: number): Receipt | Forward {
  const known = store.delivery(delivery.guid);
  if (known) return acceptAgain(store, delivery.guid, known.claim);
  const { wake } = delivery;
  switch (wake.kind) {
    case "claim":
      return record(store, delivery, { claim: wake.claim, nowMs });
    case "branch-push":
      if (wake.touchesConfiguration) forgetAbsences(store);
      if (store.meta("push_routes") === "no" && !wake.touchesConfiguration) {
        return { outcome: "ignored", reason: "no-push-route" };
      }
      return record(store, delivery, { claim: wake.claim, nowMs });
    case "run":
      return acceptRun(store, delivery, wake, nowMs);
    case "command":
    case "suite":
      return acceptCommand(store, delivery, wake, nowMs);
    case "moved":
      return record(store, delivery, { claim: null, nowMs });
  }
}

function record(
  store: Store,
  delivery: Delivery,
  about: { claim: Claim | null; nowMs: number },
): Receipt {
  const { guid, event, repository, installationId } = delivery;
  rememberRepository(store, { ...repository, installationId });
  const { claim, nowMs } = about;
  store.insertDelivery({ guid, event, claim, receivedAt: nowMs, pending: claim !== null });
  return { outcome: "accepted" };
}

/** The same GUID again: revives what ended in `exhausted`, and is a duplicate otherwise. */
function acceptAgain(store: Store, guid: string, claim: Claim | null): Receipt {
  const newest = claim === null ? [] : newestOf(dispatchesBehind(store, claim));
  if (revivable(newest).length === 0) return { outcome: "duplicate" };
  store.setPending(guid, true);
  return { outcome: "accepted" };
}

function acceptCommand(
  store: Store,
  delivery: Delivery,
  wake: Extract<Wake, { kind: "command" | "suite" }>,
  nowMs: number,
): Receipt {
  const about = { guid: delivery.guid, nowMs };
  const refusal =
    wake.kind === "suite"
      ? addSuite(store, wake.command, about)
      : addCommand(store, wake.command, about);
  return refusal ?? record(store, delivery, { claim: null, nowMs });
}

function acceptRun(
  store: Store,
  delivery: Delivery,
  wake: { runId: number; dispatchIds: readonly string[] },
  nowMs: number,
): Receipt | Forward {
  const row =
    store.dispatchOfRun(wake.runId) ??
    wake.dispatchIds.map((id) => store.dispatch(id)).find((found) => found !== null);
  if (row) {
    if (isFinal(row.state)) return { outcome: "ignored", reason: "run-finished" };
    wakeDispatch(store, row.id, nowMs);
    const { guid, event } = delivery;
    store.insertDelivery({ guid, event, claim: null, receivedAt: nowMs, pending: false });
    return { outcome: "accepted" };
  }
  for (const dispatchId of wake.dispatchIds) {
    const repositoryId = store.forwards.repositoryOf(dispatchId);
    if (repositoryId !== null) return { outcome: "forward", repositoryId, dispatchId };
  }
  return { outcome: "ignored", reason: "run-not-ours" };
}

/** Brings the next look at a dispatch forward to now; what a run event claims is not believed. */
export function wakeDispatch(store: Store, dispatchId: string, nowMs: number): boolean {
  const row = store.dispatch(dispatchId);
  // To write to the row now would make the answer that is under way lose its compare-and-set.
  if (row?.state === "dispatching") toldEarly.add(dispatchId);
  const followed = row !== null && ["dispatched", "running", "unknown"].includes(row.state);
  if (!followed || (row.dueAt !== null && row.dueAt <= nowMs)) return followed;
  store.updateDispatch(row, { dueAt: nowMs });
  return true;
}
