/** The fields of the form that publishes many again. */
import { Field } from "../parts/form.tsx";
import { REPEATABLE, type ReplayErrors, type ReplayValues } from "./replay-many-form.ts";

const MEANINGS: Readonly<Record<(typeof REPEATABLE)[number], string>> = {
  failed: "the run failed",
  exhausted: "GitHub could not be reached, again and again",
  cancelled: "somebody cancelled it",
  rejected: "the rules said no",
  skipped: "no route took it, or there was nothing to do",
};

export function ReplayFields(parts: { values: ReplayValues; errors: ReplayErrors }) {
  const { values, errors } = parts;
  const of = (name: Exclude<keyof ReplayValues, "states">) => ({
    name,
    value: values[name],
    error: errors[name],
  });
  // A browser shows no day that is none, and complains of it.
  const day = (name: "since" | "until") => ({
    ...of(name),
    value: errors[name] === undefined ? values[name] : "",
  });
  return (
    <>
      <fieldset aria-describedby={errors.states === undefined ? undefined : "f-states-error"}>
        <legend>Which dispatches</legend>
        {REPEATABLE.map((state) => (
          <label class="tick">
            <input
              type="checkbox"
              name="states"
              value={state}
              checked={values.states.includes(state)}
            />
            <span>
              {state} <span class="soft">({MEANINGS[state]})</span>
            </span>
          </label>
        ))}
        {errors.states !== undefined && (
          <p id="f-states-error" class="error">
            {errors.states}
          </p>
        )}
      </fieldset>
      <Field {...of("pull_request")} label="Pull request" hint="Empty: any" inputmode="numeric" />
      <Field {...of("route")} label="Route" hint="Empty: every route" />
      <Field {...day("since")} label="From (UTC)" type="date" />
      <Field {...day("until")} label="To (UTC)" type="date" />
      <Field
        {...of("reason")}
        label="Reason"
        hint="For the record; kept in the history, sent nowhere"
      />
    </>
  );
}
