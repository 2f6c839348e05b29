/** A sentence of ours in which names of settings and permissions stand between backticks. */

export function Sentence({ text }: { text: string }) {
  return (
    <>
      {text
        .split(/(`[^`]+`)/)
        .map((part) => (/^`[^`]+`$/.test(part) ? <code>{part.slice(1, -1)}</code> : part))}
    </>
  );
}
