/** Why it did not go through, and what to do about it; nothing where there is no reason. */
import { Sentence } from "./sentence.tsx";

export function ReasonNote({ reason, remedy }: { reason: string | null; remedy: string | null }) {
  if (reason === null) return null;
  return (
    <section class="note" aria-label="Reason">
      <p>
        <strong>{reason}</strong>
        {remedy !== null && (
          <>
            : <Sentence text={remedy} />
          </>
        )}
      </p>
    </section>
  );
}
