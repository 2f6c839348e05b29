/** What happens in the month: drawn from a seed, the same on every machine. */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const MONTH_MS = 30 * DAY_MS;
/** A Monday. */
export const MONTH_BEGINS = Date.parse("2026-11-02T00:00:00Z");
/** Outside office hours there is less to do. */
const QUIET_WEIGHT = 0.15;

/** Numbers in [0, 1), the same for the same seed. */
export function createDraw(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A moment of the month: most lie in the office hours of its weekdays. */
export function drawMoment(draw: () => number): number {
  for (;;) {
    const at = Math.floor(draw() * MONTH_MS);
    if (isOfficeHour(MONTH_BEGINS + at) || draw() < QUIET_WEIGHT) return MONTH_BEGINS + at;
  }
}

/** Of the month. */
export const OFFICE_HOURS = 22 * 10;

/** From 8 to 18 on a weekday. */
export function isOfficeHour(atMs: number): boolean {
  const at = atMs - MONTH_BEGINS;
  const hour = (at % DAY_MS) / HOUR_MS;
  return at < MONTH_MS && Math.floor(at / DAY_MS) % 7 < 5 && hour >= 8 && hour < 18;
}

export interface MonthInstallation {
  readonly id: number;
  readonly repositoryIds: readonly number[];
}

/** Six installations have a tenth of all repositories each; a quarter is in tens, the rest alone. */
export function installationsOf(repositories: number): MonthInstallation[] {
  const sizes = Array.from({ length: 6 }, () => Math.floor(repositories / 10));
  const tens = Math.floor((repositories * 0.25) / 10);
  sizes.push(...Array.from({ length: tens }, () => 10));
  const rest = repositories - sizes.reduce((sum, size) => sum + size, 0);
  sizes.push(...Array.from({ length: rest }, () => 1));
  let next = 1_000;
  return sizes.map((size, index) => ({
    id: index + 1,
    repositoryIds: Array.from({ length: size }, () => next++),
  }));
}
