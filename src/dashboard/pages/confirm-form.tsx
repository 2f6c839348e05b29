/** A question with one button that does it, and a way back. */
import type { Child } from "hono/jsx";
import { FormToken } from "../parts/form.tsx";
import type { Visit } from "../shown.ts";

export function ConfirmForm(parts: {
  visit: Visit;
  label: string;
  look: "main" | "danger";
  back: string;
  children?: Child;
}) {
  const { visit, label, look, back, children } = parts;
  return (
    <form class="stack" method="post" action={visit.url.pathname}>
      <FormToken value={visit.formToken} />
      {children}
      <div class="actions">
        <button class={look} type="submit">
          {label}
        </button>
        <a href={back}>Back</a>
      </div>
    </form>
  );
}
