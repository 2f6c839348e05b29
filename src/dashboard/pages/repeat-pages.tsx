/** Publishing a finished dispatch again. */
import type { DispatchView } from "../../domain/dispatch-view.ts";
import type { OrderAnswer, Plan, ReplayOrder } from "../../domain/order.ts";
import type { Room } from "../access.ts";
import { MESSAGES } from "../messages.tsx";
import { subjectOf } from "../parts/dispatch-rows.tsx";
import { Field } from "../parts/form.tsx";
import { dispatchPath } from "../parts/links.tsx";
import { PlanView } from "../parts/plan-view.tsx";
import { digestText, drawToken } from "../session/seal.ts";
import { page, type PathParts, type Shown } from "../shown.ts";
import { ConfirmForm } from "./confirm-form.tsx";
import { Heading } from "./heading.tsx";
import { showAnswer } from "./order-answer.tsx";

/** GET …/dispatches/ID/replay: a dry run, with the commit by name. */
export async function reviewReplay(room: Room, { id = "" }: PathParts): Promise<Shown> {
  const dispatch = await room.desk.read(id);
  if (dispatch === null) return MESSAGES.stranger();
  const answer = await replay(room, id, { dryRun: true, reason: null, idempotency: null });
  const plan = answer.kind === "planned" || answer.kind === "denied" ? answer.plan : null;
  return plan === null
    ? showAnswer(room, answer, room.visit.url.pathname)
    : question(room, dispatch, plan);
}

/** POST …/dispatches/ID/replay. */
export async function confirmReplay(room: Room, { id = "" }: PathParts): Promise<Shown> {
  const { form, url } = room.visit;
  const reason = (form.get("reason") ?? "").trim().slice(0, 500) || null;
  const digest = await digestText(JSON.stringify([id, reason]));
  const idempotency = { key: form.get("key") ?? "", digest };
  const answer = await replay(room, id, { dryRun: false, reason, idempotency });
  return showAnswer(room, answer, url.pathname);
}

function replay(
  { actor, desk, repository }: Room,
  id: string,
  how: Pick<ReplayOrder, "dryRun" | "reason" | "idempotency">,
): Promise<OrderAnswer> {
  return desk.replay(repository, id, { ...how, actor, via: "dashboard" });
}

function question(room: Room, dispatch: DispatchView, plan: Plan): Shown {
  const { repository, visit } = room;
  const sha = plan.sha ?? dispatch.sha;
  const isPossible = plan.verdict === "dispatch" && sha !== null;
  const back = dispatchPath(repository, dispatch.id);
  return page(
    "Publish again",
    <>
      <Heading
        title={isPossible ? "Publish this commit again?" : "The rules do not let it through"}
        within={repository}
      />
      <section class="card">
        <p>
          {subjectOf(dispatch)}, commit <code>{sha ?? "none"}</code>
          {dispatch.branch !== null && ` on ${dispatch.branch}`}
          {dispatch.route !== null && `, route ${dispatch.route}`}; generation {dispatch.generation}{" "}
          ended as {dispatch.state}.
        </p>
        {isPossible ? (
          <ConfirmForm
            visit={visit}
            label={`Publish ${sha.slice(0, 10)} again`}
            look="main"
            back={back}
          >
            <input type="hidden" name="key" value={drawToken()} />
            <Field name="reason" label="Reason" hint="For the record; kept in the history" />
          </ConfirmForm>
        ) : (
          <p>
            <a class="button" href={back}>
              Back
            </a>
          </p>
        )}
      </section>
      <PlanView plan={plan} />
    </>,
    { status: isPossible ? 200 : 422 },
  );
}
