/** Follows a run to its end: by events, which only make the next look come sooner, and by polling. */
import type { Diagnosis } from "../domain/ports.ts";
import { findRun, type RunFacts, stepOfRun } from "../domain/run.ts";
import type { Answer } from "../domain/outcome.ts";
import { advance, namesOf, spread } from "./advance.ts";
import type { DispatchRow } from "./dispatch-row.ts";
import type { LedgerContext } from "./ledger-context.ts";

/** After this long a run is looked at five times less often: runs may last for days. */
const PATIENT_AFTER_MS = 3_600_000;
const PATIENT_FACTOR = 5;
/** A run whose id GitHub did not tell, and whose title lacks the dispatch id, is given up after a day. */
const UNLISTED_LIMIT_MS = 86_400_000;
/** A run that GitHub denies so often was deleted. */
const MAX_ABSENCES = 3;

/** Looks at the run once and records what it finds. */
export async function follow(context: LedgerContext, row: DispatchRow): Promise<void> {
  const run = await lookUp(context, row);
  switch (run.kind) {
    case "ok":
      if (isStale(row, run.value)) {
        context.store.updateDispatch(row, { dueAt: nextLookAt(context, row) });
        return;
      }
      return run.value.conclusion === "failure"
        ? recordFailure(context, row, run.value)
        : record(context, row, run.value);
    case "absent":
      return recordAbsence(context, row);
    case "later":
    case "refused": {
      const notBeforeMs = run.kind === "later" ? (spread(run, context.clock) ?? 0) : 0;
      const dueAt = Math.max(nextLookAt(context, row), notBeforeMs);
      context.store.updateDispatch(row, { dueAt });
    }
  }
}

async function lookUp(context: LedgerContext, row: DispatchRow): Promise<Answer<RunFacts>> {
  const { target, runId, sentAt } = row;
  if (target === null) throw new Error("dispatched without a target");
  if (runId !== null) return context.github.run(target.repository, runId);
  const runs = await context.github.runsSince(
    target.repository,
    target.workflow,
    sentAt ?? row.createdAt,
  );
  if (runs.kind !== "ok") return runs;
  const run = findRun(runs.value, row.id);
  if (run) return { kind: "ok", value: run };
  const age = context.clock.now() - (sentAt ?? row.createdAt);
  return age > UNLISTED_LIMIT_MS
    ? { kind: "absent", cause: "run-never-listed" }
    : { kind: "later", notBeforeMs: null, cause: "run-not-listed-yet" };
}

/** True while GitHub still shows the attempt that was asked to run again. */
function isStale(row: DispatchRow, run: RunFacts): boolean {
  return row.reruns > 0 && run.attempt <= row.reruns;
}

function record(context: LedgerContext, row: DispatchRow, run: RunFacts): void {
  const { step, reason } = stepOfRun(run);
  const known = { runId: run.id, runUrl: run.url === "" ? row.runUrl : run.url };
  const dueAt = nextLookAt(context, row);
  if (step === null || (step === "start" && row.state === "running")) {
    context.store.updateDispatch(row, { ...known, looks: 0, dueAt });
    return;
  }
  const remedy =
    step === "fail" ? "Read the run's log; dispatch it again when the cause is mended." : null;
  const fields = { ...known, looks: 0, dueAt, reason, remedy };
  advance(context, row, step, {
    cause: reason ?? `run ${run.id} ${run.status}`,
    actor: "github",
    fields,
  });
}

/**
 * A failed run is diagnosed before it is recorded: where the cause is one that passes by itself, its
 * failed jobs are run again, and the dispatch is not over yet.
 */
async function recordFailure(
  context: LedgerContext,
  row: DispatchRow,
  run: RunFacts,
): Promise<void> {
  const { target } = row;
  const failed = target === null ? null : await context.github.failure(target.repository, run.id);
  const diagnosis = failed?.kind === "ok" ? context.diagnose(failed.value) : null;
  const again = diagnosis?.retryable === true && row.reruns < context.settings.rerunLimit;
  if (again && target !== null) {
    const answer = await context.github.rerunFailedJobs(target.repository, run.id);
    if (answer.kind === "ok") return recordRerun(context, row, diagnosis.cause);
  }
  const fields = { runId: run.id, diagnosis, ...explain(diagnosis) };
  advance(context, row, "fail", { cause: fields.reason, actor: "github", fields });
}

function explain(diagnosis: Diagnosis | null): { reason: string; remedy: string } {
  if (diagnosis === null || diagnosis.cause === "unknown") {
    const remedy = "Read the run's log; dispatch it again when the cause is mended.";
    return { reason: "run-failure", remedy };
  }
  return { reason: diagnosis.cause, remedy: diagnosis.remedy };
}

/** Not a step: the run goes on. The history says that its failed jobs were run again, and why. */
function recordRerun(context: LedgerContext, row: DispatchRow, cause: string): void {
  const { store, clock, log } = context;
  const at = clock.now();
  const fields = { reruns: row.reruns + 1, dueAt: nextLookAt(context, row), updatedAt: at };
  if (!store.updateDispatch(row, fields)) return;
  const why = `failed jobs run again: ${cause}`;
  store.addHistory(row.id, row.version + 1, { at, state: row.state, cause: why, actor: "relay" });
  log.info("dispatch.rerun", { ...namesOf(row), cause });
}

function recordAbsence(context: LedgerContext, row: DispatchRow): void {
  const looks = row.looks + 1;
  if (looks < MAX_ABSENCES) {
    context.store.updateDispatch(row, { looks, dueAt: nextLookAt(context, row) });
    return;
  }
  const remedy =
    "The run was deleted before its end was seen, or its run-name lacks the dispatch id; check the registry, dispatch again if needed.";
  advance(context, row, "fail", { cause: "run-gone", fields: { reason: "run-gone", remedy } });
}

function nextLookAt(context: LedgerContext, row: DispatchRow): number {
  const { clock, settings } = context;
  const patient = clock.now() - (row.sentAt ?? row.createdAt) > PATIENT_AFTER_MS;
  return clock.now() + settings.runPollMs * (patient ? PATIENT_FACTOR : 1);
}
