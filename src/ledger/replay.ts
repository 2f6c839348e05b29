/** Repeating what is over: one dispatch, or all that a filter takes. Always a new generation. */
import { isFinal } from "../domain/dispatch-state.ts";
import type { OrderAnswer, OrderSubject, ReplayFilter, ReplayOrder } from "../domain/order.ts";
import type { Claim } from "../domain/subject.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import { endedInDoubt } from "./doubt.ts";
import { inherited, newRow } from "./intake.ts";
import { type Desk, repeatedOrder, taken, takeOrder } from "./order.ts";
import { dispatchNamed, view } from "./read.ts";

/** Repeats one dispatch, proved and decided at once like any order. */
export async function replay(
  desk: Desk,
  dispatchId: string,
  by: ReplayOrder,
): Promise<OrderAnswer> {
  const row = dispatchNamed(desk.store, dispatchId);
  if (row === null) return { kind: "absent" };
  const repeated = repeatedOrder(desk, by.idempotency);
  if (repeated !== null) return repeated;
  const [newest = row] = desk.store.generations(row.key);
  // Kept under the caller's key, too: asked again when that one is over, it is the same request.
  if (!isFinal(newest.state)) return taken(desk, [newest], by.idempotency);
  return takeOrder(desk, {
    ...by,
    subject: subjectOfClaim(row.claim),
    route: row.route,
    expectedSha: row.route === null ? null : row.sha,
  });
}

/**
 * Repeats the newest generation of every key that the filter takes. Too many to ask GitHub about
 * now: each is proved and decided when its turn comes. A dispatch that may have a run is left out;
 * it is replayed by its own id, by somebody who has looked.
 */
export function replayMany(desk: Desk, filter: ReplayFilter, by: ReplayOrder): OrderAnswer {
  const { store } = desk;
  const repeated = repeatedOrder(desk, by.idempotency);
  if (repeated !== null) return repeated;
  const rows = store.replayable(filter).filter((row) => !endedInDoubt(row));
  if (by.dryRun) return { kind: "taken", dispatches: rows.map((row) => view(store, row)) };
  const opened = rows.map((row) => openAgain(desk, row, by));
  return taken(desk, opened, by.idempotency);
}

function openAgain(desk: Desk, old: DispatchRow, by: ReplayOrder): DispatchRow {
  const { store } = desk;
  const { claim, key } = old;
  const generation = old.generation + 1;
  // Nobody named a route: what GitHub's event asked is asked again, and no more. By hand, a push
  // would start what only merges with the right label may start.
  const event = old.route === null ? old.event : by.via;
  const row: DispatchRow = {
    ...newRow(desk, { claim, key, generation, event }),
    ...inherited(old),
    actor: by.actor.login,
  };
  store.insertDispatch(row);
  const why = by.reason === null ? "" : `: ${by.reason}`;
  const cause = `replay of ${old.id}${why}`;
  const { login } = by.actor;
  store.addHistory(row.id, 0, { at: row.createdAt, state: row.state, cause, actor: login });
  return row;
}

function subjectOfClaim(claim: Claim): OrderSubject {
  switch (claim.kind) {
    case "merge":
      return { kind: "pull", pullRequest: claim.pullRequest };
    case "push":
      return { kind: "commit", sha: claim.sha, branch: claim.branch };
    case "tag":
      return { kind: "tag", tag: claim.tag };
  }
}
