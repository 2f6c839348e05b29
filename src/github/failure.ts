/** What is known of a failed run: the log of its first failed job, and the run's own object. */
import * as v from "valibot";
import type { Answer } from "../domain/outcome.ts";
import type { FailedRun, RepositoryRef } from "../domain/ports.ts";
import type { Session } from "./session.ts";

/** A Worker has 128 MB; of a longer log both ends are kept, which is where logs say what matters. */
const MAX_LOG_CHARACTERS = 1_000_000;

const jobsSchema = v.object({
  jobs: v.array(v.object({ id: v.number(), conclusion: v.nullable(v.string()) })),
});

/** Reads both; a run without a failed job, or without a log, has an empty one. */
export async function failure(
  session: Session,
  repository: RepositoryRef,
  runId: number,
): Promise<Answer<FailedRun>> {
  const [run, jobs] = await Promise.all([
    session.get(repository, `/actions/runs/${runId}`, v.unknown()),
    session.get(repository, `/actions/runs/${runId}/jobs?per_page=100`, jobsSchema),
  ]);
  if (run.kind !== "ok") return run;
  if (jobs.kind !== "ok") return jobs;
  const failed = jobs.value.jobs.find(({ conclusion }) => conclusion === "failure");
  if (!failed) return { kind: "ok", value: { log: "", run: run.value } };
  const log = await session.text(repository, `/actions/jobs/${failed.id}/logs`);
  return { kind: "ok", value: { log: log.kind === "ok" ? cut(log.value) : "", run: run.value } };
}

function cut(log: string): string {
  const half = MAX_LOG_CHARACTERS / 2;
  if (log.length <= MAX_LOG_CHARACTERS) return log;
  return `${log.slice(0, half)}\n${log.slice(-half)}`;
}
