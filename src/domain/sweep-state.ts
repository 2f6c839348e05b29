/** How the sweep is, for those who watch the relay. */
export interface SweepState {
  /** When the last walk over GitHub's deliveries ended, ISO 8601; null before the first. */
  readonly last: string | null;
  /** No walk has ended for three intervals. */
  readonly behind: boolean;
  /** Deliveries that GitHub could not hand over and that are asked for again. */
  readonly failing: number;
}
