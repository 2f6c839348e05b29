/** A decision as people read it: what each route makes of the commit, and every rule that was tried. */
import type { Decision, RoutePlan } from "./decide.ts";
import { DEFAULT_ROUTE } from "./configuration.ts";
import { fullName } from "./facts.ts";
import type { Plan, RouteOutcome } from "./order.ts";
import type { Claim } from "./subject.ts";

/** The plan that a decision amounts to. */
export function planOf(claim: Claim, decision: Decision): Plan {
  const { sha, branch, trace, plans } = decision;
  const [first] = plans;
  const { verdict, reason, remedy } = verdictOf(decision);
  return {
    pull_request: claim.kind === "merge" ? claim.pullRequest : (first?.commit.pullRequest ?? null),
    tag: claim.kind === "tag" ? claim.tag : null,
    sha,
    branch: branch ?? first?.commit.branch ?? null,
    verdict,
    reason,
    remedy,
    routes: plans.map(outcomeOf),
    trace,
  };
}

/** One route that is dispatched is enough; where every one is refused, the first one's reason speaks. */
function verdictOf({ refusal, plans }: Decision): Pick<Plan, "verdict" | "reason" | "remedy"> {
  const refused = refusal ?? plans.find((plan) => plan.refusal !== null)?.refusal ?? null;
  const dispatched = plans.some((plan) => plan.refusal === null);
  return dispatched || refused === null
    ? { verdict: dispatched ? "dispatch" : "skipped", reason: null, remedy: null }
    : refused;
}

function outcomeOf({ route, builder, ref, refusal }: RoutePlan): RouteOutcome {
  return {
    route: route.name,
    verdict: refusal?.verdict ?? "dispatch",
    reason: refusal?.reason ?? null,
    remedy: refusal?.remedy ?? null,
    builder: fullName(builder),
    workflow: route.workflow,
    ref,
    image: route.image ?? DEFAULT_ROUTE.image,
  };
}
