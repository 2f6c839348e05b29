/** The one place where a dispatch changes its state: transition, compare-and-set, history, log. */
import type { Clock } from "../domain/clock.ts";
import { isFinal, type Step, transition } from "../domain/dispatch-state.ts";
import type { Later } from "../domain/outcome.ts";
import type { Refusal } from "../domain/reason.ts";
import { nextAttemptAt } from "../domain/retry.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import { toldEarly } from "./early-events.ts";
import { noteGivenUp } from "./given-up-mark.ts";
import type { LedgerContext } from "./ledger-context.ts";

const MAX_SPREAD_MS = 30_000;

/**
 * Takes a step. Null when somebody else changed the row meanwhile (calls interleave while GitHub
 * answers): whoever came first has decided, and this step is dropped.
 */
export function advance(
  context: LedgerContext,
  row: DispatchRow,
  step: Step,
  change: { cause: string; actor?: string; fields?: Partial<DispatchRow> },
): DispatchRow | null {
  const { store, clock, log } = context;
  const state = transition(row.state, step);
  if (state === null) throw new Error(`no step ${step} in state ${row.state}`);
  const at = clock.now();
  const ended = isFinal(state) ? { dueAt: null, finishedAt: at } : {};
  const wasTold = row.state === "dispatching" && toldEarly.delete(row.id);
  // A wait that GitHub or our backoff asked for stands.
  const early = wasTold && state !== "waiting" ? { dueAt: at } : {};
  const fields = { ...change.fields, ...early, ...ended, state, updatedAt: at };
  if (!store.updateDispatch(row, fields)) return null;
  const version = row.version + 1;
  const { cause, actor = "relay" } = change;
  if (state !== row.state || step === "wait") {
    store.addHistory(row.id, version, { at, state, cause, actor });
    log.info("dispatch.state", { ...namesOf(row), from: row.state, state, cause });
    if (state === "exhausted") {
      const text = `gave up on a dispatch after all attempts: ${cause}`;
      context.alert("dispatch.exhausted", text, { ...namesOf(row), cause });
    }
  }
  return { ...row, ...fields, version };
}

/** What every log line about a dispatch bears. */
export function namesOf(row: DispatchRow): { dispatch_id: string; delivery_id: string | null } {
  return { dispatch_id: row.id, delivery_id: row.delivery };
}

/** Ends a dispatch with a verdict against it. */
export function conclude(context: LedgerContext, row: DispatchRow, refusal: Refusal): void {
  const { verdict, reason, remedy } = refusal;
  advance(context, row, verdict === "skipped" ? "skip" : "reject", {
    cause: reason,
    fields: { reason, remedy },
  });
}

/** Waits for another attempt at the time that GitHub or our backoff names, or gives up for good. */
export function waitOrExhaust(context: LedgerContext, row: DispatchRow, later: Later): void {
  const { clock, settings } = context;
  // What was kept back has not been tried.
  const attempts = later.unasked === true ? row.attempts : row.attempts + 1;
  if (attempts >= settings.retryMaxAttempts) {
    noteGivenUp(context.store);
    advance(context, row, "exhaust", {
      cause: later.cause,
      fields: {
        attempts,
        reason: later.cause,
        remedy:
          "GitHub did not take it in all attempts. Replay it, or redeliver the webhook, when GitHub answers again; if the repository could not be read at all, that happens by itself once it can.",
      },
    });
    return;
  }
  const dueAt = nextAttemptAt(clock.now(), {
    baseMs: settings.retryBaseMs,
    attempt: row.attempts,
    draw: clock.draw(),
    notBeforeMs: spread(later, clock),
  });
  advance(context, row, "wait", { cause: later.cause, fields: { attempts, dueAt } });
}

/** The time that GitHub named, or null. Those that keep to somebody else's limit are many: they come back one after the other. */
export function spread({ notBeforeMs, unasked }: Later, clock: Clock): number | null {
  if (notBeforeMs === null || unasked !== true) return notBeforeMs;
  const waitMs = Math.max(notBeforeMs - clock.now(), 0);
  return Math.round(notBeforeMs + Math.min(waitMs / 4, MAX_SPREAD_MS) * clock.draw());
}
