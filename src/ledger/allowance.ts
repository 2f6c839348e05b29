/**
 * How many requests an alarm may still make of the world outside: the free plan allows 50 in one
 * invocation. Calls of objects and queries of D1 are counted apart, and bounded where they are made.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { AlarmFull } from "../domain/alarm-full.ts";

export interface Allowance {
  /** Never below zero. */
  left(): number;
}

/** Of the free plan; the paid one allows 10,000. */
const MOST_PER_ALARM = 50;
/** Kept for alerts: what goes wrong when all else is spent is to be heard of. */
const KEPT_FOR_ALERTS = 2;

class Budget implements Allowance {
  #sent = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  left(): number {
    return Math.max(0, this.#most - KEPT_FOR_ALERTS - this.#sent);
  }

  /** False when a request may not leave any more. */
  take(kept: number): boolean {
    if (this.#sent >= this.#most - kept) return false;
    this.#sent += 1;
    return true;
  }
}

/**
 * Counts what leaves, and lets nothing leave beyond what one alarm may send; every request of an
 * object goes through one. What other invocations send meanwhile has a limit of its own.
 */
export class CallMeter {
  readonly #budgets = new AsyncLocalStorage<Budget>();
  readonly fetch: typeof fetch;
  /** For alerts. */
  readonly urgent: typeof fetch;

  constructor(send: typeof fetch) {
    const within =
      (kept: number): typeof fetch =>
      (input, init) => {
        const isFull = this.#budgets.getStore()?.take(kept) === false;
        return isFull ? Promise.reject(new AlarmFull()) : send(input, init);
      };
    this.fetch = within(KEPT_FOR_ALERTS);
    this.urgent = within(0);
  }

  /** Everything that `work` begins, waited for or not, sends no more than `most` requests. */
  limit<Value>(work: (allowance: Allowance) => Value, most = MOST_PER_ALARM): Value {
    const budget = new Budget(most);
    return this.#budgets.run(budget, () => work(budget));
  }
}

/** Where nobody counts: a call that does one bounded thing. */
export const UNCOUNTED: Allowance = { left: () => MOST_PER_ALARM };
