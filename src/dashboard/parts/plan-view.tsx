/** What the policy makes of a subject, route by route, with its trace. */
import type { Plan, RouteOutcome } from "../../domain/order.ts";
import { ReasonNote } from "./reason-note.tsx";
import { Sentence } from "./sentence.tsx";
import { TraceList } from "./trace-list.tsx";

export function PlanView({ plan }: { plan: Plan }) {
  return (
    <>
      <ReasonNote reason={plan.reason} remedy={plan.remedy} />
      {plan.routes.length > 0 && (
        <section class="card" aria-labelledby="routes">
          <h2 id="routes">Routes</h2>
          <ul class="rows">
            {plan.routes.map((route) => (
              <RouteRow outcome={route} />
            ))}
          </ul>
        </section>
      )}
      <section class="card" aria-labelledby="trace">
        <h2 id="trace">The rules that were tried</h2>
        <TraceList trace={plan.trace} />
      </section>
    </>
  );
}

function RouteRow({ outcome }: { outcome: RouteOutcome }) {
  return (
    <li>
      <div>
        <span class="what">{outcome.route}</span>
        <div class="meta">
          {outcome.workflow} in {outcome.builder} at {outcome.ref}
          {outcome.image !== null && `, image ${outcome.image}`}
        </div>
        {outcome.remedy !== null && (
          <div>
            <Sentence text={outcome.remedy} />
          </div>
        )}
      </div>
      <div>
        <span class={`state ${outcome.verdict === "dispatch" ? "good" : "fail"}`}>
          {outcome.verdict}
        </span>
        {outcome.reason !== null && <div class="meta">{outcome.reason}</div>}
      </div>
      <div></div>
    </li>
  );
}
