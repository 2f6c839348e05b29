/** Why a pull request was published, or not: today's verdict with every rule, and what was done so far. */
import { AUTOMATIC } from "../domain/decide.ts";
import type { ExplainAnswer } from "../domain/order.ts";
import { planOf } from "../domain/plan.ts";
import { claimKey, type Claim } from "../domain/subject.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { judge } from "./order.ts";
import { view } from "./read.ts";

/** Asks GitHub anew; for a pull request that is not merged it tries the routes all the same. */
export async function explain(context: LedgerContext, pullRequest: number): Promise<ExplainAnswer> {
  const claim: Claim = { kind: "merge", pullRequest, hint: null };
  const question = { ...AUTOMATIC, hypothetical: true };
  const judged = await judge(context, { claim, question });
  if (judged.kind === "absent" || judged.kind === "later") return judged;
  if (judged.kind === "judged") {
    const { subject } = judged.facts;
    if (subject.kind !== "merge" || subject.pull === "absent") return { kind: "absent" };
  }
  const { store } = context;
  const dispatches = store.dispatchesOfClaim(claimKey(claim)).map((row) => view(store, row));
  return {
    kind: "explained",
    explanation: { ...planOf(claim, judged.decision), dispatches },
  };
}
