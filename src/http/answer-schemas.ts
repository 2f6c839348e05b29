/**
 * What the API answers, for its OpenAPI document and for tests that hold real answers against it.
 * The Worker itself does not load this: what it sends is typed by `domain`, and each schema here
 * must have exactly that type.
 */
import * as v from "valibot";
import type { IndexedDispatch, RepositoryHealth, Stats } from "../domain/dispatch-index.ts";
import { STATES } from "../domain/dispatch-state.ts";
import type { DispatchView } from "../domain/dispatch-view.ts";
import type { Explanation, Plan, RepositoryStatus } from "../domain/order.ts";
import type { SweepState } from "../domain/sweep-state.ts";
import { REJECT_REASONS, SKIP_REASONS } from "../domain/reason.ts";

/** Only a schema of exactly this type is taken. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- T is named, S is inferred.
function exactly<T>() {
  return <S extends v.GenericSchema<unknown, unknown>>(
    schema: S &
      ([T] extends [v.InferOutput<S>] ? ([v.InferOutput<S>] extends [T] ? unknown : never) : never),
  ): S => schema;
}

const text = v.nullable(v.string());
const time = v.pipe(v.string(), v.isoTimestamp());
const maybeTime = v.nullable(time);
const whole = v.pipe(v.number(), v.integer());
const maybeWhole = v.nullable(whole);
export const state = v.picklist(STATES);
const reason = v.nullable(v.picklist([...SKIP_REASONS, ...REJECT_REASONS]));
const verdict = v.picklist(["dispatch", "skipped", "rejected"]);
const list = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.readonly());

export const traceStep = exactly<Plan["trace"][number]>()(
  v.pipe(
    v.strictObject({
      rule: v.string(),
      route: text,
      saw: v.string(),
      passed: v.boolean(),
      change: text,
    }),
    v.readonly(),
  ),
);

export const historyEntry = v.pipe(
  v.strictObject({ at: time, state, cause: v.string(), actor: v.string() }),
  v.readonly(),
);

export const dispatch = exactly<DispatchView>()(
  v.pipe(
    v.strictObject({
      id: v.string(),
      repository: v.string(),
      route: text,
      generation: whole,
      event: v.string(),
      actor: text,
      pull_request: maybeWhole,
      sha: text,
      branch: text,
      state,
      reason: text,
      remedy: text,
      run_id: maybeWhole,
      run_url: text,
      attempts: whole,
      merged_at: maybeTime,
      created_at: time,
      updated_at: time,
      dispatched_at: maybeTime,
      finished_at: maybeTime,
      receipt: v.unknown(),
      diagnosis: v.unknown(),
      trace: list(traceStep),
      history: list(historyEntry),
    }),
    v.readonly(),
  ),
);

const routeOutcome = v.pipe(
  v.strictObject({
    route: v.string(),
    verdict,
    reason,
    remedy: text,
    builder: v.string(),
    workflow: v.string(),
    ref: v.string(),
    image: text,
  }),
  v.readonly(),
);

const planEntries = {
  pull_request: maybeWhole,
  tag: text,
  sha: text,
  branch: text,
  verdict,
  reason,
  remedy: text,
  routes: list(routeOutcome),
  trace: list(traceStep),
};
export const plan = exactly<Plan>()(v.pipe(v.strictObject(planEntries), v.readonly()));
export const explanation = exactly<Explanation>()(
  v.pipe(v.strictObject({ ...planEntries, dispatches: list(dispatch) }), v.readonly()),
);

export const status = exactly<RepositoryStatus>()(
  v.pipe(
    v.strictObject({
      repository: v.string(),
      paused: v.boolean(),
      paused_by: text,
      paused_at: maybeTime,
      paused_reason: text,
      held: whole,
    }),
    v.readonly(),
  ),
);

export const indexedDispatch = exactly<IndexedDispatch>()(
  v.pipe(
    v.strictObject({
      id: v.string(),
      repository_id: whole,
      repository: v.string(),
      route: text,
      generation: whole,
      event: v.string(),
      pull_request: maybeWhole,
      sha: text,
      branch: text,
      state,
      reason: text,
      actor: text,
      run_url: text,
      digest: text,
      merged_at: maybeTime,
      created_at: time,
      dispatched_at: maybeTime,
      finished_at: maybeTime,
      updated_at: time,
    }),
    v.readonly(),
  ),
);

export const repositoryHealth = exactly<RepositoryHealth>()(
  v.pipe(
    v.strictObject({
      repository_id: whole,
      repository: v.string(),
      paused: v.boolean(),
      open: whole,
      succeeded: whole,
      failed: whole,
      last: v.nullable(indexedDispatch),
    }),
    v.readonly(),
  ),
);

const lag = v.pipe(
  v.strictObject({ count: whole, p50: v.nullable(v.number()), p95: v.nullable(v.number()) }),
  v.readonly(),
);

export const stats = exactly<Stats>()(
  v.pipe(
    v.strictObject({
      since: time,
      repositories: whole,
      dispatches: v.pipe(v.record(state, whole), v.readonly()),
      lag: v.pipe(v.strictObject({ received: lag, dispatched: lag, finished: lag }), v.readonly()),
      days: list(
        v.pipe(
          v.strictObject({
            day: v.string(),
            succeeded: whole,
            failed: whole,
            other: whole,
            p50_finished_ms: v.nullable(v.number()),
          }),
          v.readonly(),
        ),
      ),
    }),
    v.readonly(),
  ),
);

/** Every error; members of its own are `errors`, `plan`, `dispatch` and the like. */
export const problem = v.looseObject({
  type: v.string(),
  title: v.string(),
  status: whole,
  code: v.string(),
  detail: v.optional(v.string()),
  errors: v.optional(v.array(v.strictObject({ field: v.string(), message: v.string() }))),
});

export const taken = v.strictObject({ dispatches: list(dispatch), dry_run: v.boolean() });
const planned = v.strictObject({ plan, trace: list(traceStep) });
/** One for both: many generated clients know a single type of success. */
export const ordered = v.union([taken, planned]);
export const dispatchPage = v.strictObject({ dispatches: list(dispatch), next_cursor: text });
export const searchPage = v.strictObject({
  dispatches: list(indexedDispatch),
  next_cursor: text,
});
export const repositoryList = v.strictObject({ repositories: list(repositoryHealth) });
export const health = v.strictObject({
  status: v.literal("ok"),
  mode: v.picklist(["observe", "enforce"]),
  version: v.string(),
  index: v.optional(v.picklist(["ready", "unavailable"])),
  sweep: v.optional(
    exactly<SweepState>()(
      v.pipe(
        v.strictObject({ last: maybeTime, behind: v.boolean(), failing: whole }),
        v.readonly(),
      ),
    ),
  ),
});
export const receiptTaken = v.strictObject({
  outcome: v.literal("recorded"),
  dispatch_id: v.string(),
});
