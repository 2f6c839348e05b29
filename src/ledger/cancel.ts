/** Stopping a dispatch: at once before it has left, through GitHub when its run exists. */
import type { Actor, CancelAnswer } from "../domain/order.ts";
import { transition } from "../domain/dispatch-state.ts";
import { advance } from "./advance.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import type { Desk } from "./order.ts";
import { dispatchNamed, view } from "./read.ts";

/**
 * Cancels. Between the POST and its answer nobody knows whether there is a run to cancel: then
 * `not-now`, as for what is over already.
 */
export async function cancel(desk: Desk, dispatchId: string, actor: Actor): Promise<CancelAnswer> {
  const row = dispatchNamed(desk.store, dispatchId);
  if (row === null) return { kind: "absent" };
  if (row.state === "dispatched" || row.state === "running") return cancelRun(desk, row, actor);
  return transition(row.state, "cancel") === null
    ? { kind: "not-now", dispatch: view(desk.store, row) }
    : cancelHere(desk, row, actor);
}

function cancelHere(desk: Desk, row: DispatchRow, actor: Actor): CancelAnswer {
  const fields = { reason: "cancelled-by-hand", remedy: null };
  const change = { cause: "cancelled by hand", actor: actor.login, fields };
  const done = advance(desk, row, "cancel", change);
  const dispatch = view(desk.store, done ?? row);
  desk.wakeUp();
  return done === null ? { kind: "not-now", dispatch } : { kind: "cancelled", dispatch };
}

async function cancelRun(desk: Desk, row: DispatchRow, actor: Actor): Promise<CancelAnswer> {
  const { target, runId } = row;
  if (target === null || runId === null) {
    return { kind: "not-now", dispatch: view(desk.store, row) };
  }
  const answer = await desk.github.cancelRun(target.repository, runId);
  if (answer.kind === "later") return { kind: "later", cause: answer.cause };
  const current = desk.store.dispatch(row.id) ?? row;
  // 404, 409 and the like: the run is over, or about to be; the next look will say so.
  if (answer.kind !== "ok") return { kind: "not-now", dispatch: view(desk.store, current) };
  const at = desk.clock.now();
  if (desk.store.updateDispatch(current, { dueAt: at, updatedAt: at })) {
    const cause = "asked GitHub to cancel the run";
    const entry = { at, state: current.state, cause, actor: actor.login };
    desk.store.addHistory(current.id, current.version + 1, entry);
  }
  desk.wakeUp();
  return { kind: "cancelling", dispatch: view(desk.store, desk.store.dispatch(row.id) ?? current) };
}
