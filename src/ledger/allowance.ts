/**
 * How many requests an alarm may still make of the world outside: the free plan allows 50 in one
 * invocation. Calls of objects and queries of D1 have a limit of their own there, of 1,000: a ledger
 * makes few, bounded where they are made; the sweeper has every one counted.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { AlarmFull } from "../domain/alarm-full.ts";

export interface Allowance {
  /** Never below zero. */
  left(): number;
  /** Calls of objects and queries of D1; never below zero. */
  callsLeft(): number;
}

/** Of the free plan; the paid one allows 10,000. */
const MOST_PER_ALARM = 50;
const MOST_CALLS_PER_ALARM = 1_000;
/** Kept for alerts: what goes wrong when all else is spent is to be heard of. */
const KEPT_FOR_ALERTS = 2;

class Budget implements Allowance {
  #sent = 0;
  #called = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  left(): number {
    return Math.max(0, this.#most - KEPT_FOR_ALERTS - this.#sent);
  }

  callsLeft(): number {
    return MOST_CALLS_PER_ALARM - this.#called;
  }

  /** False when a request may not leave any more. */
  take(kept: number): boolean {
    if (this.#sent >= this.#most - kept) return false;
    this.#sent += 1;
    return true;
  }

  /** False when no object may be called any more. */
  takeCall(): boolean {
    if (this.#called >= MOST_CALLS_PER_ALARM) return false;
    this.#called += 1;
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

  /** Calls an object, or asks D1. Throws where the alarm may not any more; nothing has left then. */
  call<Value>(begin: () => Value): Value {
    if (this.#budgets.getStore()?.takeCall() === false) throw new AlarmFull();
    return begin();
  }

  /** Everything that `work` begins, waited for or not, sends no more than `most` requests. */
  limit<Value>(work: (allowance: Allowance) => Value, most = MOST_PER_ALARM): Value {
    const budget = new Budget(most);
    return this.#budgets.run(budget, () => work(budget));
  }
}

/** Where nobody counts: a call that does one bounded thing. */
export const UNCOUNTED: Allowance = {
  left: () => MOST_PER_ALARM,
  callsLeft: () => MOST_CALLS_PER_ALARM,
};
