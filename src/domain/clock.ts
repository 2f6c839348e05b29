/** Time and chance, passed in so that every decision can be replayed. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A number in [0, 1); spreads waits, decides nothing else. */
  draw(): number;
}
