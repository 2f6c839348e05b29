/** Pieces of forms. */

export const FORM_TOKEN_FIELD = "form_token";

/** What binds a form to the session that it was shown to. */
export function FormToken({ value }: { value: string }) {
  return <input type="hidden" name={FORM_TOKEN_FIELD} value={value} />;
}

export interface FieldParts {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly hint?: string;
  /** What is wrong with the value. */
  readonly error?: string | undefined;
  readonly type?: string;
  readonly inputmode?: "numeric" | "text";
}

/** A labelled field; a hint and an error are read out with it. */
export function Field({ name, label, hint, error, type = "text", ...rest }: FieldParts) {
  const id = `f-${name}`;
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={type}
        autocomplete="off"
        spellcheck={false}
        aria-describedby={about || undefined}
        aria-invalid={error ? "true" : undefined}
        {...rest}
      />
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} class="error">
          {error}
        </p>
      )}
    </div>
  );
}
