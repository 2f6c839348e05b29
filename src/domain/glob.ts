/**
 * Globs for branches, tags, paths and repositories. `*` stays within one path
 * segment, `**` crosses slashes, `?` is one character that is no slash; all
 * else is literal. There is no negation and there are no braces or classes.
 *
 * A pattern runs as a set of states over the value, once from left to right, so
 * the cost is at most pattern length × value length, whatever both contain: a
 * translation into a regular expression would backtrack.
 */

export interface GlobOptions {
  /** Compares ASCII letters without case, as GitHub does with owners and repositories. */
  readonly ignoreCase?: boolean;
}

/**
 * `directories` needs no character: it goes on to its `until-slash` (some
 * directories) and to the step behind that (none).
 */
type Step =
  | "one"
  | "segment"
  | "any"
  | "directories"
  | "until-slash"
  | { readonly literal: string };

/**
 * Says whether the whole of `value` matches `pattern`. Two stars and a slash at
 * the start of a segment also match no directory at all, so that `**` before
 * `/index.md` finds the one at the root.
 */
export function matchesGlob(pattern: string, value: string, options: GlobOptions = {}): boolean {
  const steps = parseSteps(options.ignoreCase === true ? lowerAscii(pattern) : pattern);
  const text = options.ignoreCase === true ? lowerAscii(value) : value;
  let active = new Set<number>();
  enter(steps, 0, active);
  for (const character of text) {
    active = advance(steps, active, character);
    if (active.size === 0) return false;
  }
  return active.has(steps.length);
}

/** Only ASCII: Unicode folding would make a Kelvin sign equal the letter k. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function parseSteps(pattern: string): Step[] {
  const parts = pattern.match(/\*\*+\/?|[^]/gu) ?? [];
  const steps: Step[] = [];
  let startsSegment = true;
  for (const part of parts) {
    steps.push(...stepsOf(part, startsSegment));
    startsSegment = part.endsWith("/");
  }
  return steps;
}

function stepsOf(part: string, startsSegment: boolean): readonly Step[] {
  if (part === "?") return ["one"];
  if (part === "*") return ["segment"];
  if (!part.startsWith("*")) return [{ literal: part }];
  if (!part.endsWith("/")) return ["any"];
  return startsSegment ? ["directories", "until-slash"] : ["any", { literal: "/" }];
}

/** Adds a state and all that can be reached from it without a character. */
function enter(steps: readonly Step[], state: number, into: Set<number>): void {
  const pending = [state];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (into.has(next)) continue;
    into.add(next);
    const step = steps[next];
    if (step === "directories") pending.push(next + 1, next + 2);
    else if (step === "segment" || step === "any") pending.push(next + 1);
  }
}

function advance(steps: readonly Step[], active: Set<number>, character: string): Set<number> {
  const next = new Set<number>();
  for (const state of active) {
    const step = steps[state];
    if (step !== undefined) follow(steps, { state, step }, character, next);
  }
  return next;
}

function follow(
  steps: readonly Step[],
  { state, step }: { readonly state: number; readonly step: Step },
  character: string,
  next: Set<number>,
): void {
  const isSlash = character === "/";
  switch (step) {
    case "directories":
      return;
    case "until-slash":
      enter(steps, state, next);
      if (isSlash) enter(steps, state + 1, next);
      return;
    case "any":
      enter(steps, state, next);
      return;
    case "segment":
      if (!isSlash) enter(steps, state, next);
      return;
    case "one":
      if (!isSlash) enter(steps, state + 1, next);
      return;
    default:
      if (step.literal === character) enter(steps, state + 1, next);
  }
}

/** Says whether any of the patterns matches the whole of `value`. */
export function matchesAny(
  patterns: readonly string[],
  value: string,
  options: GlobOptions = {},
): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, value, options));
}
