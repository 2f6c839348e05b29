/** What the API takes. The same schemas check a request and describe it in the OpenAPI document. */
import * as v from "valibot";
import { STATES } from "../domain/dispatch-state.ts";
import { routeNameFormat } from "../domain/input-formats.ts";
import { isValidRefName } from "../domain/ref-name.ts";
import { repositoryFormat } from "../domain/repository-formats.ts";

const MAX_NUMBER = 2_147_483_647;
const REPLAYABLE = ["exhausted", "failed", "cancelled", "rejected", "skipped"] as const;

const number = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(1, "must be at least 1"),
  v.maxValue(MAX_NUMBER, `must be at most ${MAX_NUMBER}`),
);
const sha = v.pipe(
  v.string("must be a text"),
  v.regex(/^[0-9a-fA-F]{40}$/, "must be a full commit id of 40 hexadecimal digits"),
  v.toLowerCase(),
);
const refName = v.pipe(
  v.string("must be a text"),
  v.maxLength(255, "must have at most 255 characters"),
  v.check(isValidRefName, "is not a name that git takes; leave out refs/heads/ and refs/tags/"),
);
const route = v.pipe(
  v.string("must be a text"),
  v.maxLength(
    routeNameFormat.maxLength,
    `must have at most ${routeNameFormat.maxLength} characters`,
  ),
  v.regex(routeNameFormat.pattern, "is not the name of a route"),
);
const reason = v.pipe(
  v.string("must be a text"),
  v.minLength(1, "must not be empty"),
  v.maxLength(500, "must have at most 500 characters"),
  v.check((text) => !/\p{Cc}/u.test(text), "must be one line without control characters"),
);
const time = v.pipe(
  v.string("must be a text"),
  v.regex(
    /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/,
    "must be a day or a time with its zone, such as 2026-11-24T08:00:00Z",
  ),
  v.check((text) => isRealTime(text), "is no day that exists"),
  v.transform((text) => Date.parse(text)),
);
const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,10}$/, "must be a whole number"),
    v.transform(Number),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
  );
const state = v.picklist(STATES, `must be one of ${STATES.join(", ")}`);
const limit = v.optional(wholeNumber(1, 100), "30");

/** `Date.parse` takes 30 February for 2 March. */
function isRealTime(text: string): boolean {
  const at = Date.parse(text.slice(0, 10));
  const isRealDay = !Number.isNaN(at) && new Date(at).toISOString().startsWith(text.slice(0, 10));
  return isRealDay && !Number.isNaN(Date.parse(text));
}

interface NamedSubject {
  readonly pull_request?: number;
  readonly sha?: string;
  readonly branch?: string;
  readonly tag?: string;
}

function namesOneSubject({ pull_request, sha: commit, branch, tag }: NamedSubject): boolean {
  const named = [pull_request, commit ?? branch, tag].filter((one) => one !== undefined);
  return named.length === 1 && (commit === undefined) === (branch === undefined);
}

export const orderSchema = v.pipe(
  v.strictObject({
    pull_request: v.exactOptional(number),
    sha: v.exactOptional(sha),
    branch: v.exactOptional(refName),
    tag: v.exactOptional(refName),
    route: v.exactOptional(route),
    reason: v.exactOptional(reason),
    expected_sha: v.exactOptional(sha),
    dry_run: v.optional(v.boolean("must be true or false"), false),
  }),
  v.check(
    (order) => namesOneSubject(order),
    "must name one thing: pull_request, or sha with branch, or tag",
  ),
);
export type OrderBody = v.InferOutput<typeof orderSchema>;

export const reasonSchema = v.strictObject({ reason: v.exactOptional(reason) });

export const replayManySchema = v.strictObject({
  states: v.optional(
    v.pipe(
      v.array(v.picklist(REPLAYABLE, `must be one of ${REPLAYABLE.join(", ")}`), "must be a list"),
      v.minLength(1, "must name at least one state"),
      v.maxLength(REPLAYABLE.length, "names a state twice"),
    ),
    ["exhausted", "failed"],
  ),
  pull_request: v.exactOptional(number),
  route: v.exactOptional(route),
  since: v.exactOptional(time),
  until: v.exactOptional(time),
  limit: v.optional(v.pipe(number, v.maxValue(100, "must be at most 100")), 30),
  reason: v.exactOptional(reason),
  dry_run: v.optional(v.boolean("must be true or false"), true),
});

export const nothingSchema = v.strictObject({});

export const listQuerySchema = v.strictObject({
  state: v.exactOptional(state),
  pull_request: v.exactOptional(wholeNumber(1, MAX_NUMBER)),
  route: v.exactOptional(route),
  limit,
  cursor: v.exactOptional(
    v.pipe(v.string(), v.regex(/^mr-[0-9a-z]{1,11}-[0-9a-z]{26}$/, "is not a cursor of ours")),
  ),
});

export const searchQuerySchema = v.strictObject({
  repository: v.exactOptional(
    v.pipe(v.string(), v.maxLength(140), v.regex(repositoryFormat.pattern, "must be owner/name")),
  ),
  state: v.exactOptional(state),
  route: v.exactOptional(route),
  actor: v.exactOptional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,80}(?:\[bot\])?$/, "is not a login")),
  ),
  since: v.exactOptional(time),
  until: v.exactOptional(time),
  limit,
  cursor: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}\.mr-[0-9a-z]{1,11}-[0-9a-z]{26}$/, "is not a cursor of ours"),
    ),
  ),
});

export const statsQuerySchema = v.strictObject({ since: v.exactOptional(time) });
