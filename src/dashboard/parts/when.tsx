/** Times and durations in words. */

/** A time in UTC, exact for machines; the script tells it as a distance unless it `isExact`. */
export function When({ at, isExact }: { at: string; isExact?: boolean }) {
  return (
    <time datetime={at} data-exact={isExact === true ? "" : undefined}>
      {`${at.slice(0, 19).replace("T", " ")} UTC`}
    </time>
  );
}

const STEPS = [
  { size: 86_400_000, unit: "d", part: 3_600_000, partUnit: "h" },
  { size: 3_600_000, unit: "h", part: 60_000, partUnit: "min" },
  { size: 60_000, unit: "min", part: 1_000, partUnit: "s" },
] as const;

/** A duration to two steps: `850 ms`, `4.2 s`, `3 min 10 s`, `2 h 5 min`; a dash for none. */
export function tellDuration(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${Math.round(ms / 100) / 10} s`;
  const rounded =
    ms < 3_599_500 ? Math.round(ms / 1_000) * 1_000 : Math.round(ms / 60_000) * 60_000;
  const step = STEPS.find(({ size }) => rounded >= size) ?? STEPS[2];
  const whole = Math.floor(rounded / step.size);
  const rest = Math.floor((rounded % step.size) / step.part);
  return rest === 0 ? `${whole} ${step.unit}` : `${whole} ${step.unit} ${rest} ${step.partUnit}`;
}
