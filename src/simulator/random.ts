import { randomInt } from "node:crypto";

/** A seeded source of chance: the same seed gives the same faults, GUIDs and SHAs. */
export interface SeededRandom {
  readonly seed: number;
  /** A number in [0, 1). */
  next(): number;
  /** A version 4 UUID, drawn from the seed. */
  uuid(): string;
}

/** Makes a generator (mulberry32); without a seed it draws one, which can be read back and printed. */
export function createRandom(seed: number = randomInt(2 ** 31)): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const hexDigit = (): string => Math.floor(next() * 16).toString(16);
  const uuid = (): string =>
    "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g, (place) =>
      place === "x" ? hexDigit() : "89ab".charAt(Math.floor(next() * 4)),
    );
  return { seed, next, uuid };
}
