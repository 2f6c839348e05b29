/**
 * How many requests an alarm may still make of the world outside: the free plan allows 50 in one
 * invocation. Calls of objects and queries of D1 are counted apart, and bounded where they are made.
 */
export interface Allowance {
  /** Never below zero. */
  left(): number;
}

/** Of the free plan; the paid one allows 10,000. */
const MOST_PER_ALARM = 50;

/** Counts what leaves; every request of an object goes through one. */
export class CallMeter {
  #calls = 0;
  readonly fetch: typeof fetch;

  constructor(send: typeof fetch) {
    this.fetch = (input, init) => {
      this.#calls += 1;
      return send(input, init);
    };
  }

  /** From now on. What another invocation sends meanwhile counts as well: rather too few than too many. */
  allowance(most = MOST_PER_ALARM): Allowance {
    const before = this.#calls;
    return { left: () => Math.max(0, most - (this.#calls - before)) };
  }
}

/** Where nobody counts: a call that does one bounded thing. */
export const UNCOUNTED: Allowance = { left: () => MOST_PER_ALARM };
