/**
 * Turns a decision into dispatches: the record of the claim becomes the dispatch of the first route,
 * further routes get one of their own, and a key that exists already gets none. Synchronous, so that
 * it is one transaction.
 */
import type { Decision, RoutePlan } from "../domain/decide.ts";
import type { Facts } from "../domain/facts.ts";
import { isByHand } from "../domain/order.ts";
import { type Refusal, skip } from "../domain/reason.ts";
import { claimKey, dispatchKey, subjectOf } from "../domain/subject.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import { namesOf } from "./advance.ts";
import { newRow } from "./intake.ts";
import type { LedgerContext } from "./ledger-context.ts";

const NOTHING_LEFT = skip(
  "no-route",
  "Every route that takes this commit has a dispatch already; replay that one.",
);

type Settled = readonly { readonly row: DispatchRow; readonly plan: RoutePlan | Refusal }[];

/** The dispatches to carry out now, each with its plan. */
export function settle(
  context: LedgerContext,
  row: DispatchRow,
  decision: Decision,
  facts: Facts,
): Settled {
  const { refusal, trace, sha, branch } = decision;
  // A replay by filter decides as GitHub's event did, and has somebody who waits for its record.
  const isAsked = isByHand(row.event) || row.actor !== null;
  const origin = { ...originOf(facts), ...(isAsked ? { actor: row.actor } : {}) };
  const told = { ...origin, trace, sha, branch };
  if (refusal !== null) {
    // Pushes that no route takes are everyday noise, and the same verdict twice says nothing new.
    const said = saidAlready(context, row, refusal);
    const isNoise = (row.claim.kind === "push" || said !== null) && !isAsked;
    if (!isNoise) return tell(context, row, told, refusal);
    const into = said ?? mergeOf(context, facts);
    drop(context, row, { cause: refusal.reason, into, doneKey: null });
    return [];
  }
  const known = decision.plans.map((plan) => context.store.generations(keyOf(row, plan)));
  const fresh = decision.plans.filter((_, index) => known[index]?.length === 0);
  if (fresh.length > 0) return open(context, row, fresh, { ...origin, trace });
  // Whoever asked was told its id, and may look for it; without a record it could be asked for ever.
  if (isAsked) return tell(context, row, told, NOTHING_LEFT);
  const doneKey = row.claim.kind === "merge" ? row.claimKey : null;
  drop(context, row, { cause: "dispatched already", into: known.flat()[0] ?? null, doneKey });
  return [];
}

/** The record itself bears the verdict. */
function tell(
  context: LedgerContext,
  row: DispatchRow,
  fields: Partial<DispatchRow>,
  plan: Refusal,
): Settled {
  const told = update(context, row, fields);
  return told === null ? [] : [{ row: told, plan }];
}

/** The first route's dispatch is the record of the claim, each further one a row of its own. */
function open(
  context: LedgerContext,
  row: DispatchRow,
  fresh: readonly RoutePlan[],
  about: Partial<DispatchRow>,
): Settled {
  return fresh.flatMap((plan, index) => {
    const fields = { ...about, ...fieldsOf(row, plan) };
    const taken = index === 0 ? update(context, row, fields) : insert(context, row, fields);
    return taken === null ? [] : [{ row: taken, plan }];
  });
}

/** When and by whom the commit was merged, as GitHub says; empty where no pull request is behind it. */
export function originOf({ subject }: Facts): Pick<DispatchRow, "actor" | "mergedAt"> {
  const pull = subject.kind === "tag" || subject.pull === "absent" ? null : subject.pull;
  const at = Date.parse(pull?.mergedAt ?? "");
  return { actor: pull?.mergedBy ?? null, mergedAt: Number.isNaN(at) ? null : at };
}

function keyOf(row: DispatchRow, plan: RoutePlan): string {
  return dispatchKey(plan.route.name, plan.commit.sha, subjectOf(row.claim));
}

function fieldsOf(row: DispatchRow, plan: RoutePlan): Partial<DispatchRow> & { key: string } {
  return {
    key: keyOf(row, plan),
    generation: 1,
    route: plan.route.name,
    pullRequest: plan.commit.pullRequest,
    sha: plan.commit.sha,
    branch: plan.commit.branch,
  };
}

function update(
  context: LedgerContext,
  row: DispatchRow,
  fields: Partial<DispatchRow>,
): DispatchRow | null {
  const written = context.store.updateDispatch(row, fields);
  return written ? { ...row, ...fields, version: row.version + 1 } : null;
}

function insert(
  context: LedgerContext,
  row: DispatchRow,
  fields: Partial<DispatchRow> & { key: string },
): DispatchRow {
  const { store, clock } = context;
  const { claim, event, delivery } = row;
  const about = { claim, event, key: fields.key, generation: 1 };
  const inserted: DispatchRow = {
    ...newRow(context, about),
    delivery,
    ...fields,
    state: "proving",
  };
  store.insertDispatch(inserted);
  const cause = `with ${row.id}`;
  store.addHistory(inserted.id, 0, { at: clock.now(), state: "proving", cause, actor: "relay" });
  return inserted;
}

/** The record of the same claim with the same verdict, which this one adds nothing to. */
function saidAlready(
  context: LedgerContext,
  row: DispatchRow,
  refusal: Refusal,
): DispatchRow | null {
  const before = context.store.generations(row.key).find(({ id }) => id !== row.id);
  const isSame = before?.reason === refusal.reason && before.state === refusal.verdict;
  return isSame ? before : null;
}

/** What is recorded of the merge that brought a pushed commit. */
function mergeOf({ store }: LedgerContext, { subject }: Facts): DispatchRow | null {
  const pull = subject.kind === "push" ? subject.pull : null;
  if (pull === null) return null;
  const claim = { kind: "merge", pullRequest: pull.number, hint: null } as const;
  return store.dispatchesOfClaim(claimKey(claim))[0] ?? null;
}

/**
 * Takes a row out; whoever has its id is led to the one that it went into. `doneKey`: the claim of a
 * merge that is done with it, so that the scan does not find the same merge every time.
 */
function drop(
  context: LedgerContext,
  row: DispatchRow,
  { cause, into, doneKey }: { cause: string; into: DispatchRow | null; doneKey: string | null },
): void {
  context.store.deleteDispatch(row.id);
  if (into !== null) context.store.aliases.add(row.id, into.id, doneKey);
  context.log.info("claim.settled", { ...namesOf(row), cause, into: into?.id ?? null });
}
