/**
 * Publishing many again: a filter, a dry run that names every commit, and the order for exactly the
 * dispatches that were named.
 */
import type { DispatchView } from "../../domain/dispatch-view.ts";
import type { OrderAnswer, ReplayFilter, ReplayOrder } from "../../domain/order.ts";
import type { Room } from "../access.ts";
import { message } from "../messages.tsx";
import { subjectOf } from "../parts/dispatch-rows.tsx";
import { FormToken } from "../parts/form.tsx";
import { dispatchPath, repositoryPath } from "../parts/links.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { When } from "../parts/when.tsx";
import { digestText, drawToken } from "../session/seal.ts";
import { page, type Shown } from "../shown.ts";
import { Heading } from "./heading.tsx";
import { showAnswer } from "./order-answer.tsx";
import { ReplayFields } from "./replay-many-fields.tsx";
import {
  MOST,
  type ReadReplay,
  readReplayMany,
  type ReplayValues,
  type ReplayWish,
} from "./replay-many-form.ts";

const FORM = "/replay";
const REVIEW = "/replay/review";

/** GET …/replay. */
export async function showReplayMany(room: Room): Promise<Shown> {
  return formPage(room, { ...readReplayMany(room.visit.url.searchParams), errors: {} });
}

/** GET …/replay/review: a dry run. */
export async function reviewReplayMany(room: Room): Promise<Shown> {
  const read = readReplayMany(room.visit.url.searchParams);
  if (read.wish === null) return formPage(room, read);
  const answer = await replayMany(room, read.wish, { only: null, idempotency: null });
  return answer.kind === "taken"
    ? reviewPage(room, read.values, answer.dispatches)
    : showAnswer(room, answer, reviewPath(room, read.values));
}

/** POST …/replay: what the review named, and nothing that has come since. */
export async function confirmReplayMany(room: Room): Promise<Shown> {
  const { form } = room.visit;
  const { values, errors, wish } = readReplayMany(form);
  const only = form.getAll("id").slice(0, MOST);
  const key = form.get("key") ?? "";
  if (wish === null) return formPage(room, { values, errors, wish });
  if (only.length === 0 || key === "") return notReviewed(reviewPath(room, values));
  const digest = await digestText(JSON.stringify([wish, only]));
  const answer = await replayMany(room, wish, { only, idempotency: { key, digest } });
  return answer.kind === "taken" && answer.dispatches.length === 0
    ? nothingLeft(room)
    : showAnswer(room, answer, reviewPath(room, values));
}

function replayMany(
  { actor, desk, repository }: Room,
  { filter, reason }: ReplayWish,
  how: Pick<ReplayFilter, "only"> & Pick<ReplayOrder, "idempotency">,
): Promise<OrderAnswer> {
  const { only, idempotency } = how;
  const by = { actor, reason, via: "dashboard", dryRun: only === null, idempotency } as const;
  return desk.replayMany(repository, { ...filter, only }, by);
}

function formPage(room: Room, { values, errors }: ReadReplay): Shown {
  const { repository } = room;
  const isWrong = Object.keys(errors).length > 0;
  return page(
    "Publish many again",
    <>
      <Heading title="Publish many again" within={repository} />
      <section class="card">
        <form class="stack" method="get" action={repositoryPath(repository, REVIEW)}>
          <input type="hidden" name="asked" value="yes" />
          <ReplayFields values={values} errors={errors} />
          <div class="actions">
            <button class="main" type="submit">
              Review…
            </button>
            <a href={repositoryPath(repository)}>Back</a>
          </div>
        </form>
      </section>
    </>,
    { status: isWrong ? 400 : 200 },
  );
}

function reviewPage(room: Room, values: ReplayValues, found: readonly DispatchView[]): Shown {
  const { repository } = room;
  const count = found.length;
  const change = repositoryPath(repository, `${FORM}?${queryOf(values)}`);
  return page(
    "Publish many again",
    <>
      <Heading title={titleOf(count)} within={repository} />
      <section class="card" aria-label="What would be published again">
        {count === 0 ? (
          <p>
            No finished dispatch fits, or each that does has been published again since.{" "}
            <a href={change}>Change the filter</a>
          </p>
        ) : (
          <ol class="rows">
            {found.map((one) => (
              <Row room={room} dispatch={one} />
            ))}
          </ol>
        )}
      </section>
      {count > 0 && <Confirmation room={room} values={values} found={found} change={change} />}
    </>,
  );
}

function titleOf(count: number): string {
  if (count === 0) return "There is nothing to publish again";
  return count === 1 ? "Publish this commit again?" : `Publish these ${count} again?`;
}

function Row({ room, dispatch }: { room: Room; dispatch: DispatchView }) {
  const { sha, branch, route, generation } = dispatch;
  return (
    <li>
      <div>
        <a class="what" href={dispatchPath(room.repository, dispatch.id)}>
          {subjectOf(dispatch)}
        </a>
        <div class="meta">
          {sha === null ? "commit not known yet" : <code>{sha}</code>}
          {branch !== null && ` on ${branch}`}
          {route !== null && `, route ${route}`}
          {generation > 1 && `, generation ${generation}`}
        </div>
      </div>
      <div>
        <StateMark state={dispatch.state} />
        {dispatch.reason !== null && <div class="meta">{dispatch.reason}</div>}
      </div>
      <div class="meta end">
        <When at={dispatch.created_at} />
      </div>
    </li>
  );
}

function Confirmation(parts: {
  room: Room;
  values: ReplayValues;
  found: readonly DispatchView[];
  change: string;
}) {
  const { room, values, found, change } = parts;
  return (
    <section class="card">
      <p>
        Each is checked against today's rules once more; what they let through gets a new run.
        {values.reason !== "" && ` Reason: ${values.reason}`}
        {found.length >= MOST && ` These are the oldest ${MOST}; there may be more after them.`}
      </p>
      <form class="stack" method="post" action={repositoryPath(room.repository, FORM)}>
        <FormToken value={room.visit.formToken} />
        <input type="hidden" name="key" value={drawToken()} />
        {pairsOf(values).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {found.map(({ id }) => (
          <input type="hidden" name="id" value={id} />
        ))}
        <div class="actions">
          <button class="main" type="submit">
            {found.length === 1 ? "Publish it again" : `Publish all ${found.length} again`}
          </button>
          <a href={change}>Change the filter</a>
        </div>
      </form>
    </section>
  );
}

function pairsOf({ states, ...texts }: ReplayValues): [string, string][] {
  return [
    ["asked", "yes"],
    ...states.map((state): [string, string] => ["states", state]),
    ...Object.entries(texts).filter(([, value]) => value !== ""),
  ];
}

function queryOf(values: ReplayValues): string {
  return new URLSearchParams(pairsOf(values)).toString();
}

function reviewPath({ repository }: Room, values: ReplayValues): string {
  return repositoryPath(repository, `${REVIEW}?${queryOf(values)}`);
}

function notReviewed(again: string): Shown {
  return message({
    status: 400,
    title: "This was not reviewed",
    text: "Look at what would be published first. Nothing was published.",
    action: { href: again, label: "Review" },
  });
}

function nothingLeft({ repository }: Room): Shown {
  return message({
    status: 409,
    title: "Nothing was left to publish again",
    text: "Each of them has been published again since you looked.",
    action: { href: repositoryPath(repository), label: "Back to the repository" },
  });
}
