/** The kill switch of a repository. */
import type { Room } from "../access.ts";
import { Field } from "../parts/form.tsx";
import { repositoryPath } from "../parts/links.tsx";
import { page, type Shown } from "../shown.ts";
import { ConfirmForm } from "./confirm-form.tsx";
import { Heading } from "./heading.tsx";

/** GET …/pause. */
export async function askPause({ repository, visit }: Room): Promise<Shown> {
  const name = `${repository.owner}/${repository.name}`;
  return page(
    "Pause",
    <>
      <Heading title={`Pause ${name}?`} within={repository} />
      <section class="card">
        <p>
          Merges are still recorded and proved, but nothing is dispatched: they are held, and go on
          when the repository is resumed. Runs that have begun are not touched.
        </p>
        <ConfirmForm
          visit={visit}
          label={`Pause ${name}`}
          look="danger"
          back={repositoryPath(repository)}
        >
          <Field name="reason" label="Reason" hint="Shown to everybody who looks here" />
        </ConfirmForm>
      </section>
    </>,
  );
}

/** POST …/pause. */
export async function confirmPause({ actor, desk, repository, visit }: Room): Promise<Shown> {
  const reason = (visit.form.get("reason") ?? "").trim().slice(0, 500) || null;
  await desk.pause(repository, actor, reason);
  return { kind: "redirect", to: repositoryPath(repository) };
}

/** GET …/resume: says how much would go on at once. */
export async function askResume({ desk, repository, visit }: Room): Promise<Shown> {
  const { held } = await desk.status(repository);
  const name = `${repository.owner}/${repository.name}`;
  return page(
    "Resume",
    <>
      <Heading title={`Resume ${name}?`} within={repository} />
      <section class="card">
        <p>
          {held === 0
            ? "No dispatch waits."
            : `${held} held ${held === 1 ? "dispatch goes" : "dispatches go"} on at once.`}
        </p>
        <ConfirmForm
          visit={visit}
          label={`Resume ${name}`}
          look="main"
          back={repositoryPath(repository)}
        />
      </section>
    </>,
  );
}

/** POST …/resume. */
export async function confirmResume({ actor, desk, repository }: Room): Promise<Shown> {
  await desk.resume(repository, actor);
  return { kind: "redirect", to: repositoryPath(repository) };
}
