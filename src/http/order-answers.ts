/** What an order came to, as an answer over HTTP. */
import type { CancelAnswer, ExplainAnswer, OrderAnswer, Plan } from "../domain/order.ts";
import { problem, PROBLEMS } from "./problem.ts";

/** 202 once it is recorded; a dry run answers 200 with what would be repeated. */
export function answerOrder(answer: OrderAnswer, dryRun: boolean): Response {
  switch (answer.kind) {
    case "taken": {
      const { dispatches } = answer;
      return Response.json({ dispatches, dry_run: dryRun }, { status: dryRun ? 200 : 202 });
    }
    case "planned":
      return Response.json(planned(answer.plan));
    case "denied":
      return problem({
        status: 422,
        code: "denied-by-policy",
        title: `The policy says no: ${answer.plan.reason ?? answer.plan.verdict}`,
        ...(answer.plan.remedy === null ? {} : { detail: answer.plan.remedy }),
        more: { reason: answer.plan.reason, ...planned(answer.plan) },
      });
    case "moved":
      return problem({
        status: 409,
        code: "expected-sha-moved",
        title: "The commit is not the expected one",
        more: { sha: answer.sha },
      });
    case "key-reused":
      return problem({
        status: 422,
        code: "idempotency-key-reused",
        title: "This Idempotency-Key was used with another request",
      });
    case "absent":
      return PROBLEMS.notFound();
    case "later":
      return PROBLEMS.githubUnavailable();
  }
}

function planned(plan: Plan) {
  return { plan, trace: plan.trace };
}

/** The whole explanation, or why there is none. */
export function answerExplanation(answer: ExplainAnswer): Response {
  switch (answer.kind) {
    case "explained":
      return Response.json(answer.explanation);
    case "absent":
      return PROBLEMS.notFound();
    case "later":
      return PROBLEMS.githubUnavailable();
  }
}

/** 200 when it has ended, 202 when GitHub was asked to end it. */
export function answerCancel(answer: CancelAnswer): Response {
  switch (answer.kind) {
    case "cancelled":
      return Response.json(answer.dispatch);
    case "cancelling":
      return Response.json(answer.dispatch, { status: 202 });
    case "not-now":
      return problem({
        status: 409,
        code: "not-cancellable",
        title: `A dispatch that is ${answer.dispatch.state} cannot be cancelled`,
        more: { dispatch: answer.dispatch },
      });
    case "absent":
      return PROBLEMS.notFound();
    case "later":
      return PROBLEMS.githubUnavailable();
  }
}
