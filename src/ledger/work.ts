/** From a claim to a dispatch: prove, decide, and for each route that says yes, dispatch. */
import {
  AUTOMATIC,
  decide,
  type Decision,
  type Question,
  type RoutePlan,
} from "../domain/decide.ts";
import { ALARM_FULL } from "../domain/alarm-full.ts";
import { asksForPushes } from "../domain/configuration.ts";
import type { Facts, RepositoryFacts } from "../domain/facts.ts";
import { fullName } from "../domain/facts.ts";
import { inputsFor } from "../domain/inputs.ts";
import { isByHand } from "../domain/order.ts";
import { type Reason, type Refusal, skip } from "../domain/reason.ts";
import type { DispatchAnswer } from "../domain/outcome.ts";
import { backoffMs } from "../domain/retry.ts";
import { absencesIn } from "./absences.ts";
import { forgetSearch, searchOf } from "./branch-place.ts";
import { advance, conclude, waitOrExhaust } from "./advance.ts";
import type { DispatchRow, DispatchTarget } from "./dispatch-row.ts";
import { expectationFor, rememberExpectation } from "./expectation.ts";
import { expectRevival } from "./given-up-mark.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { prove } from "./prove.ts";
import { repositoryHint, rememberRepository } from "./repository-memory.ts";
import { settle } from "./settle.ts";
import { isSearchCut, MOST_BRANCHES, TOO_MANY_BRANCHES } from "./tag-branches.ts";

/** How often a denial is doubted: GitHub's API can lag behind its own event, and a 404 can pass. */
const MAX_LOOKS = 2;

/** Proves and decides a dispatch anew, and sends what the policy lets through. */
export async function work(context: LedgerContext, row: DispatchRow): Promise<void> {
  if (context.store.meta("paused") === "true") {
    advance(context, row, "hold", {
      cause: "paused",
      fields: { reason: "paused", remedy: "Resume the repository.", dueAt: null },
    });
    return;
  }
  const proving = startProving(context, row);
  if (proving === null) return;
  const { carried, clock, github } = context;
  const attempt = carried.ask(github, row.id, clock.now());
  const facts = await prove(
    attempt.github,
    repositoryHint(context.store),
    aboutOf(context, proving),
  );
  switch (facts.kind) {
    case "later":
      if (facts.cause === ALARM_FULL) attempt.cutShort();
      return waitOrExhaust(context, proving, facts);
    case "absent":
      return waitOrExhaust(context, proving, {
        kind: "later",
        notBeforeMs: null,
        cause: facts.cause,
      });
    case "refused":
      return conclude(context, proving, { verdict: "rejected", ...facts });
    case "ok": {
      const isSent = await act(context, proving, facts.value);
      if (!isSent) attempt.cutShort();
    }
  }
}

function aboutOf({ store }: LedgerContext, row: DispatchRow): Parameters<typeof prove>[2] {
  const { claim } = row;
  const known = absencesIn(store, row.attempts + row.looks > 0);
  const expected = expectationFor(store, claim);
  const about = { claim, question: questionOf(row), known, expected };
  return claim.kind === "tag" ? { ...about, search: searchOf(store, row.id) } : about;
}

/** Remembers what the facts say, decides and carries it out; false when the alarm was full before that. */
async function act(context: LedgerContext, row: DispatchRow, facts: Facts): Promise<boolean> {
  const { store, clock, settings } = context;
  rememberRepository(store, facts.repository);
  rememberExpectation(store, row.claim, facts);
  expectRevival(store, clock.now(), settings.scanIntervalMs);
  store.setMeta("push_routes", asksForPushes(facts.configuration) ? "yes" : "no");
  const decision = decide(facts, settings.policy, questionOf(row));
  if (row.claim.kind === "tag") forgetSearch(store, row.id);
  if (!isSearchCut(facts) || decision.plans.length > 0) {
    return carryOut(context, row, decision, facts);
  }
  giveUpSearch(context, row, decision);
  return true;
}

function questionOf(row: DispatchRow): Question {
  const byHand = isByHand(row.event);
  return byHand ? { ...AUTOMATIC, byHand, route: row.route } : AUTOMATIC;
}

/** A dispatch that waits after a refused POST, or whose absence was proved, keeps its state while it is proved again. */
function startProving(context: LedgerContext, row: DispatchRow): DispatchRow | null {
  const afterPost = (row.state === "waiting" && row.sentAt !== null) || row.state === "unknown";
  if (afterPost || row.state === "proving") return row;
  return advance(context, row, "prove", { cause: "asking GitHub" });
}

/** False when the alarm was full before everything had left. */
async function carryOut(
  context: LedgerContext,
  row: DispatchRow,
  decision: Decision,
  facts: Facts,
): Promise<boolean> {
  const { refusal } = decision;
  let isAllSent = true;
  if (refusal !== null && isDoubtful(refusal) && row.looks < MAX_LOOKS) {
    lookAgain(context, row, refusal.reason);
    return isAllSent;
  }
  const plans = row.route === null ? settle(context, row, decision, facts) : planOf(row, decision);
  for (const { row: target, plan } of plans) {
    if ("verdict" in plan) conclude(context, target, plan);
    else if (plan.refusal !== null) refuse(context, target, { plan, facts });
    else if (!(await send(context, target, plan, facts.repository))) isAllSent = false;
  }
  return isAllSent;
}

/** Not every branch was asked about, so that none holds the tag is not for the relay to say. */
function giveUpSearch(context: LedgerContext, row: DispatchRow, decision: Decision): void {
  const { trace, sha } = decision;
  const remedy = `The ${MOST_BRANCHES} branches that were asked about do not hold the tag, and there are more. Name its branch in \`branches\` of the route, without a star, and replay this.`;
  advance(context, row, "exhaust", {
    cause: TOO_MANY_BRANCHES,
    fields: { reason: TOO_MANY_BRANCHES, remedy, trace, sha },
  });
}

const DOUBTFUL: readonly Reason[] = ["merge-not-confirmed", "not-merged", "not-on-branch"];

function isDoubtful({ reason }: Refusal): boolean {
  return DOUBTFUL.includes(reason);
}

/** Ends the dispatch of a route, unless the builder is only not to be seen (yet). */
function refuse(
  context: LedgerContext,
  row: DispatchRow,
  { plan, facts }: { plan: RoutePlan; facts: Facts },
): void {
  const { route, refusal } = plan;
  if (refusal === null) return;
  const builder = route.builder && facts.builders.get(fullName(route.builder).toLowerCase());
  if (builder?.kind === "absent" && row.looks < MAX_LOOKS)
    return lookAgain(context, row, refusal.reason);
  conclude(context, row, refusal);
}

function lookAgain(context: LedgerContext, row: DispatchRow, reason: Reason): void {
  const { clock, settings } = context;
  const dueAt = clock.now() + backoffMs(settings.retryBaseMs, row.looks, clock.draw());
  advance(context, row, "wait", {
    cause: `${reason}, looking again`,
    fields: { looks: row.looks + 1, dueAt },
  });
}

/** The verdict of today's policy on a dispatch whose route was chosen before. */
function planOf(
  row: DispatchRow,
  decision: Decision,
): { row: DispatchRow; plan: RoutePlan | Refusal }[] {
  const plan = decision.plans.find(
    ({ route, commit }) => route.name === row.route && commit.sha === row.sha,
  );
  const gone = skip("no-route", `Route ${row.route ?? ""} does not match this commit any more.`);
  return [{ row, plan: plan ?? decision.refusal ?? gone }];
}

/**
 * Sends one dispatch. `dispatching` is durable before the POST leaves (the output gate holds it
 * back), so that a process that dies here wakes up knowing that a run may exist. False when the alarm
 * was full, so that nothing left.
 */
async function send(
  context: LedgerContext,
  row: DispatchRow,
  plan: RoutePlan,
  source: RepositoryFacts,
): Promise<boolean> {
  const now = context.clock.now();
  const target = targetOf(row, plan, source);
  const sent = advance(context, row, "dispatch", {
    cause: `${plan.route.workflow} at ${plan.ref} in ${fullName(plan.builder)}`,
    fields: { target, sentAt: now, dueAt: Math.min(row.dueAt ?? now, now) },
  });
  if (sent === null) return true;
  const { workflow, ref, inputs, repository } = target;
  const [answer] = await Promise.all([
    context.github.dispatch(repository, { workflow, ref, inputs }),
    plan.builder.id === source.id ? null : context.announce(plan.builder.id, row.id),
  ]);
  record(context, sent, answer);
  return !(answer.kind === "later" && answer.cause === ALARM_FULL);
}

function record(context: LedgerContext, sent: DispatchRow, answer: DispatchAnswer): void {
  const { clock, settings } = context;
  const now = clock.now();
  switch (answer.kind) {
    case "accepted": {
      const { runId, runUrl } = answer;
      const fields = { runId, runUrl, attempts: 0, looks: 0, dueAt: now + settings.runPollMs };
      advance(context, sent, "accept", {
        cause: runId === null ? "accepted" : `run ${runId}`,
        fields,
      });
      return;
    }
    case "unknown": {
      const fields = { lostAt: now, dueAt: now + settings.unknownSettleMs };
      advance(context, sent, "lose", { cause: answer.cause, fields });
      return;
    }
    case "later":
      return waitOrExhaust(context, sent, answer);
    case "refused":
      return conclude(context, sent, { verdict: "rejected", ...answer });
  }
}

function targetOf(row: DispatchRow, plan: RoutePlan, source: RepositoryFacts): DispatchTarget {
  const { id, owner, name, installationId } = plan.builder;
  return {
    repository: { id, owner, name, installationId },
    workflow: plan.route.workflow,
    ref: plan.ref,
    inputs: inputsFor({ dispatchId: row.id, ...plan.commit }, plan.route, source),
  };
}
