/** The arithmetic of the charts. */

/** The least of 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30 … that is not below the value. */
export function niceMaximum(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return (
    [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value) ??
    10 * power
  );
}

export interface Box {
  readonly y: number;
  readonly height: number;
}

/**
 * Boxes for the parts of a bar, the first at the bottom. `maximum` fills the whole height; y runs
 * downwards, as in SVG.
 */
export function stack(parts: readonly number[], maximum: number, height: number): Box[] {
  let below = 0;
  return parts.map((part) => {
    const box = { y: height * (1 - (below + part) / maximum), height: (height * part) / maximum };
    below += part;
    return box;
  });
}

/** Every day (UTC) from the first to the last, both included, as `YYYY-MM-DD`. */
export function daysBetween(sinceMs: number, untilMs: number): string[] {
  const days: string[] = [];
  const last = new Date(untilMs).toISOString().slice(0, 10);
  for (let at = sinceMs; ; at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (day > last) return days;
    days.push(day);
  }
}
