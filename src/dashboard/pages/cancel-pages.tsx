/** Cancelling a dispatch that is under way. */
import { isFinal } from "../../domain/dispatch-state.ts";
import type { Room } from "../access.ts";
import { MESSAGES, message } from "../messages.tsx";
import { subjectOf } from "../parts/dispatch-rows.tsx";
import { dispatchPath } from "../parts/links.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { page, type PathParts, type Shown } from "../shown.ts";
import { ConfirmForm } from "./confirm-form.tsx";
import { Heading } from "./heading.tsx";

/** GET …/dispatches/ID/cancel. */
export async function askCancel(room: Room, { id = "" }: PathParts): Promise<Shown> {
  const { desk, repository, visit } = room;
  const dispatch = await desk.read(id);
  if (dispatch === null) return MESSAGES.stranger();
  const back = dispatchPath(repository, dispatch.id);
  if (isFinal(dispatch.state)) return { kind: "redirect", to: back };
  const { sha } = dispatch;
  return page(
    "Cancel",
    <>
      <Heading title="Cancel this dispatch?" within={repository} />
      <section class="card">
        <p>
          {subjectOf(dispatch)}, commit <code>{sha ?? "not known yet"}</code>, is{" "}
          <StateMark state={dispatch.state} />. A run that has begun is cancelled at GitHub; what it
          has pushed stays pushed.
        </p>
        <ConfirmForm
          visit={visit}
          label={`Cancel ${sha === null ? "the dispatch" : sha.slice(0, 10)}`}
          look="danger"
          back={back}
        />
      </section>
    </>,
  );
}

/** POST …/dispatches/ID/cancel. */
export async function confirmCancel(room: Room, { id = "" }: PathParts): Promise<Shown> {
  const { actor, desk, repository, visit } = room;
  const answer = await desk.cancel(id, actor);
  const back = dispatchPath(repository, id);
  switch (answer.kind) {
    case "cancelled":
    case "cancelling":
      return { kind: "redirect", to: back };
    case "not-now":
      return message({
        status: 409,
        title: "It cannot be cancelled just now",
        text: `The dispatch is ${answer.dispatch.state}: over already, or at a moment at which nobody knows whether its run exists.`,
        action: { href: back, label: "Back to the dispatch" },
      });
    case "absent":
      return MESSAGES.stranger();
    case "later":
      return MESSAGES.githubAway(visit.url.pathname);
  }
}
