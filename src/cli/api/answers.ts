/**
 * What a terminal shows of the relay's answers. Looser than what the API promises, so that a newer
 * relay with one more member or state still has a reader.
 */
import * as v from "valibot";

const text = v.nullish(v.string(), null);
const whole = v.nullish(v.number(), null);

const traceStep = v.object({
  rule: v.string(),
  route: text,
  saw: v.string(),
  passed: v.boolean(),
  change: text,
});
export type ShownStep = v.InferOutput<typeof traceStep>;

const indexed = {
  id: v.string(),
  repository: v.string(),
  route: text,
  generation: v.number(),
  pull_request: whole,
  sha: text,
  branch: text,
  state: v.string(),
  reason: text,
  actor: text,
  run_url: text,
  created_at: v.string(),
};
const step = v.object({ at: v.string(), state: v.string(), cause: v.string(), actor: v.string() });
const receipt = v.object({
  image: v.string(),
  digest: v.string(),
  tags: v.optional(v.array(v.string()), []),
});
const diagnosis = v.object({ cause: v.string(), explanation: text, remedy: text });

/** A dispatch in a list; one that was read by itself has the rest too. */
export const dispatchSchema = v.object({
  ...indexed,
  remedy: text,
  history: v.optional(v.array(step), []),
  receipt: v.fallback(v.nullable(receipt), null),
  diagnosis: v.fallback(v.nullable(diagnosis), null),
});
export type ShownDispatch = v.InferOutput<typeof dispatchSchema>;

export const pageSchema = v.object({ dispatches: v.array(dispatchSchema), next_cursor: text });

const routeOutcome = v.object({
  route: v.string(),
  verdict: v.string(),
  reason: text,
  remedy: text,
  builder: v.string(),
  workflow: v.string(),
  ref: v.string(),
  image: text,
});
export const planSchema = v.object({
  pull_request: whole,
  tag: text,
  sha: text,
  branch: text,
  verdict: v.string(),
  reason: text,
  remedy: text,
  routes: v.array(routeOutcome),
  trace: v.array(traceStep),
});
export type ShownPlan = v.InferOutput<typeof planSchema>;
export const plannedSchema = v.object({ plan: planSchema });
export const explanationSchema = v.object({
  ...planSchema.entries,
  dispatches: v.array(dispatchSchema),
});

export const statusSchema = v.object({
  repository: v.string(),
  paused: v.boolean(),
  paused_by: text,
  paused_reason: text,
  held: v.number(),
});

/** RFC 9457, with the members that this API adds. */
export const problemSchema = v.object({
  title: v.string(),
  code: v.string(),
  detail: v.optional(v.string()),
  errors: v.optional(v.array(v.object({ field: v.string(), message: v.string() })), []),
  role: v.optional(v.string()),
  sha: text,
  plan: v.optional(planSchema),
});
export type RelayProblem = v.InferOutput<typeof problemSchema>;
