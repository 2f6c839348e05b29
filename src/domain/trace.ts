/** The ordered list of rules that were tried for a merge, each with what it saw and its verdict. */
export interface TraceStep {
  readonly rule: string;
  /** The route that the rule belongs to; null for rules about the whole repository. */
  readonly route: string | null;
  readonly saw: string;
  readonly passed: boolean;
  /** What would have to change for this rule to pass; null where it passed. */
  readonly change: string | null;
}

/** Gathers steps in order. */
export class Trace {
  readonly #steps: TraceStep[] = [];

  get steps(): readonly TraceStep[] {
    return this.#steps;
  }

  /** Records a rule and returns whether it passed, so that rules read as conditions. */
  check(
    rule: string,
    passed: boolean,
    about: { route?: string; saw: string; change: string },
  ): boolean {
    const { route = null, saw, change } = about;
    this.#steps.push({ rule, route, saw, passed, change: passed ? null : change });
    return passed;
  }
}
