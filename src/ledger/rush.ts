/**
 * Acknowledgements before work. GitHub waits ten seconds for an answer and does not ask again; a
 * dispatch starts minutes of building. Objects of one isolate share a thread, so in a burst the proofs
 * of the first merges would make the last ones wait for their acknowledgement.
 */

/** So many deliveries within the span, and acknowledging them takes a good part of the thread. */
const MANY = 8;
const SPAN_MS = 30;
/** How long work waits before it looks again whether the rush is over; each look is an alarm. */
const FIRST_WAIT_MS = 250;
const LATER_WAIT_MS = 500;
/** How long a ledger's work waits at most, all waits together. */
const LONGEST_WAIT_MS = 2_000;

/** Whether many deliveries arrive right now. One for all objects of an isolate. */
export class Rush {
  readonly #times = new Float64Array(MANY).fill(Number.NEGATIVE_INFINITY);
  #next = 0;

  /** Counts a delivery. */
  note(nowMs: number): void {
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % MANY;
  }

  isOn(nowMs: number): boolean {
    // The next to be overwritten is the oldest.
    return nowMs - (this.#times[this.#next] ?? 0) <= SPAN_MS;
  }
}

/** How long one ledger has let its work wait for a rush. */
export class Courtesy {
  readonly #rush: Rush;
  #since: number | null = null;

  constructor(rush: Rush) {
    this.#rush = rush;
  }

  /** When work that is due may begin: now, or after a short wait. */
  beginAt(nowMs: number): number {
    if (!this.#rush.isOn(nowMs)) {
      this.#since = null;
      return nowMs;
    }
    this.#since ??= nowMs;
    const waited = nowMs - this.#since;
    if (waited >= LONGEST_WAIT_MS) return nowMs;
    const wait = Math.min(Math.max(waited, FIRST_WAIT_MS), LATER_WAIT_MS);
    return Math.min(nowMs + wait, this.#since + LONGEST_WAIT_MS);
  }

  /** All that was due is done: what comes next may wait anew. */
  isDone(): void {
    this.#since = null;
  }
}
