/** Publishing by hand: the form, the review that names the commit, and the order itself. */
import type { Order, OrderAnswer, Plan } from "../../domain/order.ts";
import type { Room } from "../access.ts";
import { isCommitSha } from "../../domain/ref-name.ts";
import { message } from "../messages.tsx";
import { FormToken } from "../parts/form.tsx";
import { repositoryPath } from "../parts/links.tsx";
import { PlanView } from "../parts/plan-view.tsx";
import { digestText, drawToken } from "../session/seal.ts";
import { page, type Shown } from "../shown.ts";
import { Heading } from "./heading.tsx";
import { showAnswer } from "./order-answer.tsx";
import { PublishFields } from "./publish-fields.tsx";
import {
  PUBLISH_FIELDS,
  type PublishErrors,
  type PublishValues,
  type PublishWish,
  readPublish,
} from "./publish-form.ts";

/** GET …/publish. */
export async function showPublishForm(room: Room): Promise<Shown> {
  const { values } = readPublish(room.visit.url.searchParams);
  return formPage(room, values, {});
}

/** GET …/publish/review: a dry run. Nothing is recorded, so a GET may do it and be loaded again. */
export async function reviewPublish(room: Room): Promise<Shown> {
  const read = readPublish(room.visit.url.searchParams);
  if (read.kind === "wrong") return formPage(room, read.values, read.errors);
  const answer = await room.desk.order(room.repository, {
    ...orderOf(room, read.wish),
    expectedSha: null,
    dryRun: true,
    idempotency: null,
  });
  return answer.kind === "planned" || answer.kind === "denied"
    ? reviewPage(room, read.values, answer.plan)
    : showAnswer(room, answer, backTo(room, read.values));
}

/** POST …/publish: the order, for the commit that the review named and no other. */
export async function confirmPublish(room: Room): Promise<Shown> {
  const { form } = room.visit;
  const read = readPublish(form);
  const expectedSha = form.get("expected_sha") ?? "";
  const key = form.get("key") ?? "";
  if (read.kind === "wrong") return formPage(room, read.values, read.errors);
  if (!isCommitSha(expectedSha) || key === "") return notReviewed(backTo(room, read.values));
  const body = JSON.stringify([read.wish, expectedSha]);
  const answer: OrderAnswer = await room.desk.order(room.repository, {
    ...orderOf(room, read.wish),
    expectedSha,
    dryRun: false,
    idempotency: { key, digest: await digestText(body) },
  });
  return showAnswer(room, answer, backTo(room, read.values));
}

function notReviewed(again: string): Shown {
  return message({
    status: 400,
    title: "The review comes first",
    text: "This form names no commit. Nothing was published.",
    action: { href: again, label: "Review" },
  });
}

function orderOf(
  { actor }: Room,
  wish: PublishWish,
): Pick<Order, "subject" | "route" | "reason" | "actor" | "via"> {
  return { ...wish, actor, via: "dashboard" };
}

function backTo({ repository }: Room, values: PublishValues): string {
  const filled = PUBLISH_FIELDS.map((name) => [name, values[name]]).filter(([, value]) => value);
  return repositoryPath(
    repository,
    `/publish/review?${new URLSearchParams(filled as [string, string][]).toString()}`,
  );
}

function formPage({ repository }: Room, values: PublishValues, errors: PublishErrors): Shown {
  const isWrong = Object.keys(errors).length > 0;
  return page(
    "Publish",
    <>
      <Heading title="Publish by hand" within={repository} />
      <section class="card">
        {isWrong && (
          <p class="note bad" role="alert">
            Something is missing or wrong; it stands at its field.
          </p>
        )}
        <form class="stack" method="get" action={repositoryPath(repository, "/publish/review")}>
          <PublishFields values={values} errors={errors} />
          <div class="actions">
            <button class="main" type="submit">
              Review…
            </button>
            <a href={repositoryPath(repository)}>Back</a>
          </div>
          <p class="hint">Nothing is sent yet: the review names the commit first.</p>
        </form>
      </section>
    </>,
    { status: isWrong ? 400 : 200 },
  );
}

function reviewPage(room: Room, values: PublishValues, plan: Plan): Shown {
  const { repository, visit } = room;
  const { sha } = plan;
  const edit = backTo(room, values).replace("/publish/review", "/publish");
  const isPossible = plan.verdict === "dispatch" && sha !== null;
  return page(
    "Review",
    <>
      <Heading
        title={isPossible ? "Publish this commit?" : "The rules do not let it through"}
        within={repository}
      />
      <section class="card">
        <Named plan={plan} />
        {isPossible ? (
          <form class="actions" method="post" action={repositoryPath(repository, "/publish")}>
            <FormToken value={visit.formToken} />
            {PUBLISH_FIELDS.map((name) => (
              <input type="hidden" name={name} value={values[name]} />
            ))}
            <input type="hidden" name="expected_sha" value={sha} />
            <input type="hidden" name="key" value={drawToken()} />
            <button class="main" type="submit">
              Publish {sha.slice(0, 10)}
            </button>
            <a href={edit}>Change</a>
          </form>
        ) : (
          <p>
            <a class="button" href={edit}>
              Change
            </a>
          </p>
        )}
      </section>
      <PlanView plan={plan} />
    </>,
    { status: isPossible ? 200 : 422 },
  );
}

function Named({ plan }: { plan: Plan }) {
  const routes = plan.routes.filter(({ verdict }) => verdict === "dispatch");
  return (
    <dl class="facts">
      <dt>Commit</dt>
      <dd>{plan.sha === null ? "none" : <code>{plan.sha}</code>}</dd>
      <dt>From</dt>
      <dd>
        {plan.pull_request !== null && `pull request #${plan.pull_request} `}
        {plan.tag !== null && `tag ${plan.tag} `}
        {plan.branch !== null && `on ${plan.branch}`}
      </dd>
      <dt>Routes</dt>
      <dd>{routes.map(({ route }) => route).join(", ") || "nothing"}</dd>
    </dl>
  );
}
