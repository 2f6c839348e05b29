/** The fields of the form that publishes by hand. */
import type { Child } from "hono/jsx";
import { Field } from "../parts/form.tsx";
import type { PublishErrors, PublishValues } from "./publish-form.ts";

export function PublishFields(parts: { values: PublishValues; errors: PublishErrors }) {
  const { values, errors } = parts;
  const of = (name: keyof PublishValues) => ({ name, value: values[name], error: errors[name] });
  const kind = ["commit", "tag"].includes(values.kind) ? values.kind : "pull";
  return (
    <>
      <fieldset>
        <legend>What to publish</legend>
        <Choice kind="pull" chosen={kind} label="A merged pull request">
          <Field {...of("pull_request")} label="Number" inputmode="numeric" />
        </Choice>
        <Choice kind="commit" chosen={kind} label="A commit on a branch">
          <Field {...of("sha")} label="Commit" hint="All 40 characters" />
          <Field {...of("branch")} label="Branch" hint="One that contains the commit" />
        </Choice>
        <Choice kind="tag" chosen={kind} label="A tag">
          <Field {...of("tag")} label="Tag" hint="Such as v1.4.0" />
        </Choice>
      </fieldset>
      <Field {...of("route")} label="Route" hint="Empty: every route that takes it" />
      <Field
        {...of("reason")}
        label="Reason"
        hint="For the record; kept in the history, sent nowhere"
      />
    </>
  );
}

function Choice(parts: { kind: string; chosen: string; label: string; children?: Child }) {
  const { kind, chosen, label, children } = parts;
  return (
    <div class="choice">
      <label>
        <input type="radio" name="kind" value={kind} checked={kind === chosen} /> {label}
      </label>
      <div class="fields">{children}</div>
    </div>
  );
}
