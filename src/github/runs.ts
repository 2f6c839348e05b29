/** Workflows and their runs: whether a workflow can be dispatched, and what became of a run. */
import type { WorkflowFacts } from "../domain/facts.ts";
import { type Answer, mapAnswer } from "../domain/outcome.ts";
import type { RepositoryRef } from "../domain/ports.ts";
import type { RunFacts } from "../domain/run.ts";
import * as v from "valibot";
import { runSchema, runsSchema, workflowSchema } from "./schemas.ts";
import type { Session } from "./session.ts";

const PER_PAGE = 100;
const MAX_PAGES = 10;
/** GitHub's clock and ours may differ; a run is looked for from this much earlier. */
const CLOCK_SKEW_MS = 120_000;

/**
 * The state of a workflow. GitHub's list of workflows can lag behind a file that the merge itself
 * brought, so a file that is on the default branch counts as present.
 */
export async function workflow(
  session: Session,
  repository: RepositoryRef,
  file: string,
): Promise<Answer<WorkflowFacts>> {
  const name = encodeURIComponent(file);
  const listed = await session.getKept(repository, `/actions/workflows/${name}`, workflowSchema);
  if (listed.kind !== "absent") {
    return mapAnswer(listed, ({ state }) => ({ kind: "present", state }));
  }
  const path = `/contents/.github/workflows/${name}`;
  const content = await session.get(repository, path, v.unknown());
  if (content.kind === "absent") return { kind: "ok", value: { kind: "absent" } };
  return mapAnswer(content, () => ({ kind: "present", state: "active" }));
}

/** One run by its id. */
export async function run(
  session: Session,
  repository: RepositoryRef,
  runId: number,
): Promise<Answer<RunFacts>> {
  return mapAnswer(await session.get(repository, `/actions/runs/${runId}`, runSchema), runFacts);
}

/**
 * The workflow's `workflow_dispatch` runs created since that moment, newest first, to the last page.
 * A workflow that was deleted meanwhile has no list of its own any more: then the repository's.
 */
export async function runsSince(
  session: Session,
  repository: RepositoryRef,
  workflowFile: string,
  sinceMs: number,
): Promise<Answer<readonly RunFacts[]>> {
  const own = `/actions/workflows/${encodeURIComponent(workflowFile)}/runs`;
  const listed = await listRuns(session, repository, own, sinceMs);
  return listed.kind === "absent"
    ? listRuns(session, repository, "/actions/runs", sinceMs)
    : listed;
}

async function listRuns(
  session: Session,
  repository: RepositoryRef,
  list: string,
  sinceMs: number,
): Promise<Answer<readonly RunFacts[]>> {
  const since = new Date(sinceMs - CLOCK_SKEW_MS).toISOString().replace(/\.\d+Z$/, "Z");
  const filter = `event=workflow_dispatch&created=${encodeURIComponent(`>=${since}`)}`;
  const found: RunFacts[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const path = `${list}?${filter}&per_page=${PER_PAGE}&page=${page}`;
    const answer = await session.get(repository, path, runsSchema);
    if (answer.kind !== "ok") return answer;
    found.push(...answer.value.workflow_runs.map(runFacts));
    if (answer.value.workflow_runs.length < PER_PAGE) return { kind: "ok", value: found };
  }
  // GitHub shows a thousand; what lies beyond them cannot be proved absent.
  return { kind: "later", notBeforeMs: null, cause: "too-many-runs" };
}

function runFacts(body: v.InferOutput<typeof runSchema>): RunFacts {
  return {
    id: body.id,
    url: body.html_url,
    event: body.event,
    displayTitle: `${body.display_title ?? ""} ${body.name ?? ""}`.trim(),
    status: body.status ?? "queued",
    conclusion: body.conclusion,
    attempt: body.run_attempt,
    // An installation's token makes the App's bot the actor, whoever runs it again.
    byPerson: body.actor?.type === "User",
  };
}
