/**
 * A maintainer's order: proved and decided at once, so that the answer says what will happen, and
 * recorded for the alarm, which proves it again right before it dispatches.
 */
import {
  AUTOMATIC,
  decide,
  type Decision,
  type Question,
  type RoutePlan,
} from "../domain/decide.ts";
import { isFinal } from "../domain/dispatch-state.ts";
import type { DispatchView } from "../domain/dispatch-view.ts";
import type { Facts } from "../domain/facts.ts";
import {
  claimOf,
  type IdempotencyKey,
  type NamedRepository,
  type NotNow,
  type Order,
  type OrderAnswer,
} from "../domain/order.ts";
import type { Refused } from "../domain/outcome.ts";
import { planOf } from "../domain/plan.ts";
import { reject } from "../domain/reason.ts";
import { type Claim, dispatchKey, subjectOf } from "../domain/subject.ts";
import { absencesIn } from "./absences.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import { newRow } from "./intake.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { prove } from "./prove.ts";
import { dispatchNamed, view } from "./read.ts";
import { rememberRepository, repositoryHint } from "./repository-memory.ts";
import { originOf } from "./settle.ts";

/** What a maintainer wants, and how the ledger makes sure that its alarm comes. */
export interface Desk extends LedgerContext {
  /** Called in the same breath as the rows are written. */
  readonly wakeUp: () => void;
}

/** Takes an order, or says why not; see `OrderAnswer`. */
export async function takeOrder(desk: Desk, order: Order): Promise<OrderAnswer> {
  const { subject, route, expectedSha, dryRun, idempotency } = order;
  const repeated = repeatedOrder(desk, idempotency);
  if (repeated !== null) return repeated;
  const claim = claimOf(subject);
  const question = { ...AUTOMATIC, byHand: true, route };
  const judged = await judge(desk, { claim, question });
  if (judged.kind === "unproven") return { kind: "denied", plan: planOf(claim, judged.decision) };
  if (judged.kind !== "judged") return judged;
  const { decision, facts } = judged;
  const plan = planOf(claim, decision);
  if (expectedSha !== null && plan.sha !== null && plan.sha !== expectedSha) {
    return { kind: "moved", sha: plan.sha };
  }
  if (dryRun) return { kind: "planned", plan };
  if (plan.verdict !== "dispatch") return { kind: "denied", plan };
  // Another request with the same key may have come to this point while GitHub was asked.
  const meanwhile = repeatedOrder(desk, idempotency);
  if (meanwhile !== null) return meanwhile;
  const rows = decision.plans
    .filter(({ refusal }) => refusal === null)
    .map((accepted) => openDispatch(desk, order, { claim, decision, facts, accepted }));
  return taken(desk, rows, idempotency);
}

/** Ends an order: what it led to is kept under the caller's key, and the alarm is set. */
export function taken(
  desk: Desk,
  rows: readonly DispatchRow[],
  idempotency: IdempotencyKey | null,
): OrderAnswer {
  const { store, clock } = desk;
  const ids = rows.map(({ id }) => id);
  if (idempotency !== null) store.orders.add(idempotency.key, idempotency.digest, ids, clock.now());
  desk.wakeUp();
  return { kind: "taken", dispatches: rows.map((row) => view(store, row)) };
}

/** The answer that the same key got before, or null. */
export function repeatedOrder(
  desk: Desk,
  idempotency: IdempotencyKey | null,
): Extract<OrderAnswer, { kind: "taken" | "key-reused" }> | null {
  const known = idempotency === null ? null : desk.store.orders.get(idempotency.key);
  if (known === null) return null;
  if (known.digest !== idempotency?.digest) return { kind: "key-reused" };
  const dispatches = known.dispatchIds.flatMap((id): DispatchView[] => {
    const row = dispatchNamed(desk.store, id);
    return row === null ? [] : [view(desk.store, row)];
  });
  return { kind: "taken", dispatches };
}

type Judged =
  | { readonly kind: "judged"; readonly facts: Facts; readonly decision: Decision }
  | { readonly kind: "unproven"; readonly decision: Decision }
  | { readonly kind: "absent" }
  | NotNow;

/**
 * Proves a claim and puts it to the policy. `absent`: the App is not installed there; `unproven`:
 * GitHub does not let the relay see what it would have to prove, today or tomorrow.
 */
export async function judge(
  { github, store, settings }: LedgerContext,
  about: { readonly claim: Claim; readonly question: Question },
): Promise<Judged> {
  // A person waits for this answer, and sees the plan before anything is done.
  const known = absencesIn(store, true);
  const answer = await prove(github, repositoryHint(store), { ...about, known });
  switch (answer.kind) {
    case "ok": {
      rememberRepository(store, answer.value.repository);
      const decision = decide(answer.value, settings.policy, about.question);
      return { kind: "judged", facts: answer.value, decision };
    }
    case "absent":
      return { kind: "absent" };
    case "refused":
      return { kind: "unproven", decision: withoutFacts(answer) };
    case "later":
      return { kind: "later", cause: answer.cause };
  }
}

function withoutFacts({ reason, remedy }: Refused): Decision {
  const trace = [
    { rule: "proof", route: null, saw: "GitHub refuses", passed: false, change: remedy },
  ];
  return { refusal: reject(reason, remedy), plans: [], sha: null, branch: null, trace };
}

/** Where the caller saw the repository; what GitHub has confirmed before is not overwritten. */
export function introduce({ store }: LedgerContext, repository: NamedRepository): void {
  if (store.meta("repository_id") !== null) return;
  rememberRepository(store, { ...repository, installationId: null });
}

/** The dispatch under way for this route and commit, or a new generation. */
function openDispatch(
  desk: Desk,
  order: Order,
  about: { claim: Claim; decision: Decision; facts: Facts; accepted: RoutePlan },
): DispatchRow {
  const { store } = desk;
  const { claim, decision, facts, accepted } = about;
  const key = dispatchKey(accepted.route.name, accepted.commit.sha, subjectOf(claim));
  const [newest] = store.generations(key);
  if (newest !== undefined && !isFinal(newest.state)) return newest;
  const generation = (newest?.generation ?? 0) + 1;
  const row: DispatchRow = {
    ...newRow(desk, { claim, key, generation, event: order.via }),
    mergedAt: originOf(facts).mergedAt,
    actor: order.actor.login,
    route: accepted.route.name,
    pullRequest: accepted.commit.pullRequest,
    sha: accepted.commit.sha,
    branch: accepted.commit.branch,
    trace: decision.trace,
  };
  store.insertDispatch(row);
  const cause = order.reason === null ? "asked by hand" : `asked by hand: ${order.reason}`;
  const { login } = order.actor;
  store.addHistory(row.id, 0, { at: row.createdAt, state: row.state, cause, actor: login });
  desk.log.info("dispatch.ordered", {
    dispatch_id: row.id,
    delivery_id: null,
    actor_id: order.actor.id,
    via: order.via,
    generation,
  });
  return row;
}
