/** Which finished dispatches a maintainer wants to publish again, and what is wrong with the wish. */
import type { ReplayFilter } from "../../domain/order.ts";
import { dayStart, DAY_MS } from "./dispatch-query.ts";
import { readWholeNumber } from "./publish-form.ts";

/** The states that can be repeated, those that are usually meant first. */
export const REPEATABLE = ["failed", "exhausted", "cancelled", "rejected", "skipped"] as const;
const USUAL: readonly string[] = ["failed", "exhausted"];
const MAX_NAME = 255;
const MAX_REASON = 500;
/** As many as a page can name and a person can look through. */
export const MOST = 30;

export interface ReplayValues {
  readonly states: readonly string[];
  readonly pull_request: string;
  readonly route: string;
  readonly since: string;
  readonly until: string;
  readonly reason: string;
}
export type ReplayErrors = Readonly<Partial<Record<keyof ReplayValues, string>>>;

export interface ReplayWish {
  readonly filter: Omit<ReplayFilter, "only">;
  readonly reason: string | null;
}

export interface ReadReplay {
  readonly values: ReplayValues;
  readonly errors: ReplayErrors;
  /** Null where something is wrong. */
  readonly wish: ReplayWish | null;
}

/** Reads the fields; every problem at once, each at its field. */
export function readReplayMany(fields: URLSearchParams): ReadReplay {
  const values = valuesOf(fields);
  const { states, route, reason } = values;
  const pullRequest = readWholeNumber(values.pull_request.replace(/^#/, ""));
  const until = dayStart(values.until);
  const errors = problemsOf(values);
  if (Object.keys(errors).length > 0) return { values, errors, wish: null };
  const filter = {
    states: REPEATABLE.filter((state) => states.includes(state)),
    pullRequest,
    route: route || null,
    since: dayStart(values.since),
    until: until === null ? null : until + DAY_MS,
    limit: MOST,
  };
  return { values, errors, wish: { filter, reason: reason || null } };
}

function valuesOf(fields: URLSearchParams): ReplayValues {
  const of = (name: keyof ReplayValues): string => (fields.get(name) ?? "").trim();
  const known: readonly string[] = REPEATABLE;
  const states = fields.getAll("states").filter((state) => known.includes(state));
  return {
    // Nothing was ticked, since nothing was asked yet.
    states: fields.has("asked") ? states : [...USUAL],
    pull_request: of("pull_request"),
    route: of("route"),
    since: of("since"),
    until: of("until"),
    reason: of("reason"),
  };
}

function problemsOf(values: ReplayValues): ReplayErrors {
  const errors: Partial<Record<keyof ReplayValues, string>> = {};
  const { states, pull_request: number, route, reason } = values;
  if (states.length === 0) errors.states = "Choose at least one state.";
  if (number !== "" && readWholeNumber(number.replace(/^#/, "")) === null) {
    errors.pull_request = "A pull request has a whole number, such as 42.";
  }
  if (route.length > MAX_NAME) errors.route = "This is too long for a route's name.";
  for (const day of ["since", "until"] as const) {
    if (values[day] !== "" && dayStart(values[day]) === null) {
      errors[day] = "A day is written as 2026-04-30.";
    }
  }
  if (reason.length > MAX_REASON) errors.reason = `At most ${MAX_REASON} characters.`;
  return errors;
}
