/**
 * From a delivery to a dispatch that waits to be proved. No I/O but the store: a poisoned delivery
 * can at worst make one row that GitHub then denies.
 */
import type { Clock } from "../domain/clock.ts";
import { isFinal } from "../domain/dispatch-state.ts";
import { isByHand } from "../domain/order.ts";
import { claimKey, type Claim, decisionKey } from "../domain/subject.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import { mayBeRevived } from "./doubt.ts";
import { dispatchesBehind } from "./revival.ts";
import type { DeliveryRow, Store } from "./store.ts";

export interface IntakeContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Takes one delivery out of the inbox. A claim that is being worked on, or is done, gets no second row. */
export function takeIn(context: IntakeContext, delivery: DeliveryRow): void {
  const { store } = context;
  const { claim } = delivery;
  if (claim !== null) openDispatch(context, claim, delivery);
  store.setPending(delivery.guid, false);
}

function openDispatch(context: IntakeContext, claim: Claim, delivery: DeliveryRow): void {
  const { store } = context;
  const known = dispatchesBehind(store, claim);
  // Each route on its own: that one of them came through says nothing about the others.
  const exhausted = known.filter((row) => mayBeRevived(row) && row.route !== null);
  const revived = exhausted.filter((row) => revive(context, row, delivery));
  if (revived.length > 0) return;
  if (isSettled(known)) return;
  const { event, guid } = delivery;
  openDecision(context, claim, { event, delivery: guid, cause: `delivery ${guid}` });
}

/**
 * A merge that has a route's dispatch is settled: GitHub never merges a pull request twice. A mere
 * decision (route null) may be out of date: the event could have come before the merge. What people
 * asked for by hand may be one route of several, and settles nothing.
 */
function isSettled(known: readonly DispatchRow[]): boolean {
  return known.some((row) => !isByHand(row.event) && (!isFinal(row.state) || row.route !== null));
}

/** A record of a claim, to be proved and decided at once. */
export function openDecision(
  context: IntakeContext,
  claim: Claim,
  about: { event: string; delivery: string | null; cause: string },
): DispatchRow {
  const { store, clock } = context;
  const { event, delivery, cause } = about;
  const key = decisionKey(claim);
  const generation = (store.generations(key)[0]?.generation ?? 0) + 1;
  const row = { ...newRow(context, { claim, key, generation, event }), delivery };
  store.insertDispatch(row);
  store.addHistory(row.id, 0, { at: clock.now(), state: "queued", cause, actor: "github" });
  return row;
}

/**
 * A new generation of an exhausted dispatch: GitHub surely never took the one before. False when
 * there is a newer one already.
 */
function revive(context: IntakeContext, old: DispatchRow, delivery: DeliveryRow): boolean {
  const { store, clock } = context;
  const newest = store.generations(old.key)[0];
  if (newest?.id !== old.id) return false;
  const row: DispatchRow = {
    ...newRow(context, {
      claim: old.claim,
      key: old.key,
      generation: old.generation + 1,
      event: delivery.event,
    }),
    delivery: delivery.guid,
    ...inherited(old),
  };
  store.insertDispatch(row);
  store.addHistory(row.id, 0, {
    at: clock.now(),
    state: "queued",
    cause: `redelivery ${delivery.guid} after ${old.id} was exhausted`,
    actor: "github",
  });
  return true;
}

/** What a new generation has from the one before: what it is about, and nothing that happened to it. */
export function inherited(
  old: DispatchRow,
): Pick<DispatchRow, "route" | "pullRequest" | "sha" | "branch" | "actor" | "mergedAt"> {
  const { route, pullRequest, sha, branch, actor, mergedAt } = old;
  return { route, pullRequest, sha, branch, actor, mergedAt };
}

/** An empty dispatch, due at once. */
export function newRow(
  context: IntakeContext,
  about: { claim: Claim; key: string; generation: number; event: string },
): DispatchRow {
  const now = context.clock.now();
  const { claim } = about;
  return {
    id: context.newId(),
    ...about,
    claimKey: claimKey(claim),
    delivery: null,
    actor: null,
    route: null,
    pullRequest: claim.kind === "merge" ? claim.pullRequest : null,
    sha: null,
    branch: null,
    state: "queued",
    reason: null,
    remedy: null,
    attempts: 0,
    looks: 0,
    dueAt: now,
    target: null,
    sentAt: null,
    lostAt: null,
    runId: null,
    runUrl: null,
    trace: null,
    receipt: null,
    reruns: 0,
    diagnosis: null,
    version: 0,
    mergedAt: null,
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
  };
}
