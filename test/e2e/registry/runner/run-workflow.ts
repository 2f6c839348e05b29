/**
 * Runs a workflow file step by step: GitHub's expressions, real bash for every `run:`, real git, BuildKit and
 * registry behind the `uses:` adapters. Jobs, needs, matrix, outputs and concurrency follow GitHub's rules.
 *
 * Not played: the actions' own code, timeouts, cancel-in-progress, services, containers.
 */
import { randomInt } from "node:crypto";
import { basename } from "node:path";
import { mustRun } from "../processes.ts";
import type { ConcurrencyRule } from "./concurrency.ts";
import { holds, interpolate, resolveNode } from "./expressions.ts";
import type { Contexts } from "./expressions.ts";
import { runJob } from "./run-job.ts";
import type { JobRun } from "./run-job.ts";
import type {
  Conclusion,
  RunIdentity,
  RunInProgress,
  RunnerWorld,
  RunRequest,
} from "./run-request.ts";
import { readWorkflow } from "./workflow-file.ts";
import type { ConcurrencyNode, JobNode, WorkflowNode } from "./workflow-file.ts";

export interface RunResult extends RunIdentity {
  readonly conclusion: Conclusion;
  readonly displayTitle: string;
  readonly jobs: readonly JobRun[];
  /** Subjects that an attestation was made for, as `name@digest`. */
  readonly attested: readonly string[];
}

interface JobOutcome {
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  readonly legs: readonly JobRun[];
  /** Whether it and everything it needed, however far back, succeeded: what `success()` asks later. */
  readonly unbroken: boolean;
}

/** Runs the file to its end. A job that fails is a result; only a broken lab throws. */
export async function runWorkflow(world: RunnerWorld, request: RunRequest): Promise<RunResult> {
  const workflow = await readWorkflow(request.file);
  const identity = await identify(request);
  const contexts = runContexts(request, identity, workflow);
  const run: RunInProgress = { world, request, identity, workflow, contexts, attested: [] };
  const title = interpolate(workflow["run-name"] ?? workflow.name ?? request.file, contexts);
  const rule = ruleOf(workflow.concurrency, contexts);
  const outcomes = await world.groups.enter(rule, async () => runJobs(run));
  const shared = { ...identity, displayTitle: title.trim(), attested: run.attested };
  if (outcomes === "cancelled") return { ...shared, conclusion: "cancelled", jobs: [] };
  const results = outcomes.map((outcome) => outcome.result);
  const bad = (["failure", "cancelled"] as const).find((result) => results.includes(result));
  return { ...shared, conclusion: bad ?? "success", jobs: outcomes.flatMap((one) => one.legs) };
}

async function runJobs(run: RunInProgress): Promise<readonly JobOutcome[]> {
  const outcomes = new Map<string, Promise<JobOutcome>>();
  for (const [id, job] of Object.entries(run.workflow.jobs)) {
    outcomes.set(id, startJob(run, { id, job }, outcomes));
  }
  return Promise.all(outcomes.values());
}

async function startJob(
  run: RunInProgress,
  { id, job }: { id: string; job: JobNode },
  outcomes: ReadonlyMap<string, Promise<JobOutcome>>,
): Promise<JobOutcome> {
  const names = typeof job.needs === "string" ? [job.needs] : (job.needs ?? []);
  const needs: Record<string, JobOutcome> = {};
  for (const name of names) needs[name] = await mustHave(outcomes, name);
  const contexts = { ...run.contexts, needs };
  const results = Object.values(needs).map((need) => need.result);
  const failed = Object.values(needs).some((need) => !need.unbroken);
  if (!holds(job.if, contexts, { failed, cancelled: results.includes("cancelled") })) {
    const log = { id, name: job.name ?? id, conclusion: "skipped", log: "", summary: "" } as const;
    const legs = [{ ...log, steps: [], outputs: {} }];
    return { result: "skipped", outputs: {}, legs, unbroken: false };
  }
  const rule = ruleOf(job.concurrency, contexts);
  const legs = await run.world.groups.enter(rule, async () =>
    Promise.all(
      matrixOf(job, contexts).map(async (leg) => runJob(run, { id, job, needs, ...leg })),
    ),
  );
  if (legs === "cancelled") {
    return { result: "cancelled", outputs: {}, legs: [], unbroken: false };
  }
  const bad = legs.find((leg) => leg.conclusion !== "success");
  const unbroken = bad === undefined && !failed;
  return { result: bad?.conclusion ?? "success", outputs: mergeOutputs(legs), legs, unbroken };
}

async function mustHave(
  all: ReadonlyMap<string, Promise<JobOutcome>>,
  name: string,
): Promise<JobOutcome> {
  const found = all.get(name);
  if (found === undefined) throw new Error(`needs: ${name} must be written before the job`);
  return found;
}

/** Legs of a matrix share the job's outputs: a later value replaces an earlier one, an empty one does not. */
function mergeOutputs(legs: readonly JobRun[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const leg of legs) {
    for (const [name, value] of Object.entries(leg.outputs)) {
      if (value !== "" || merged[name] === undefined) merged[name] = value;
    }
  }
  return merged;
}

/** Only `include` lists, literal or computed: all that the shipped files use. */
function matrixOf(
  job: JobNode,
  contexts: Contexts,
): { matrix: Record<string, unknown>; index: number }[] {
  if (job.strategy?.matrix === undefined) return [{ matrix: {}, index: 0 }];
  const matrix = resolveNode(job.strategy.matrix, contexts) as {
    include: Record<string, unknown>[];
  };
  return matrix.include.map((leg, index) => ({ matrix: leg, index }));
}

function ruleOf(
  node: ConcurrencyNode | string | undefined,
  contexts: Contexts,
): ConcurrencyRule | undefined {
  if (node === undefined) return undefined;
  if (typeof node === "string") return { group: interpolate(node, contexts), queue: "single" };
  return { group: interpolate(node.group, contexts), queue: node.queue ?? "single" };
}

async function identify(request: RunRequest): Promise<RunIdentity> {
  const ref = request.ref ?? `refs/heads/${request.repository.defaultBranch}`;
  const sha = await mustRun("git", [
    "-C",
    request.repository.gitDir,
    "rev-parse",
    `${ref}^{commit}`,
  ]);
  return {
    runId: request.runId ?? randomInt(1_000_000_000, 9_999_999_999),
    repository: request.repository.fullName,
    ref,
    sha,
    actor: request.actor ?? "octocat",
    workflow: basename(request.file),
    eventName: request.event?.name ?? "workflow_dispatch",
  };
}

function runContexts(request: RunRequest, run: RunIdentity, workflow: WorkflowNode): Contexts {
  const declared = workflow.on["workflow_dispatch"]?.inputs ?? {};
  for (const name of Object.keys(request.inputs ?? {})) {
    if (!(name in declared)) throw new Error(`Unexpected inputs provided: ["${name}"]`);
  }
  const empty = Object.fromEntries(Object.keys(declared).map((name) => [name, ""]));
  const repository = {
    full_name: run.repository,
    default_branch: request.repository.defaultBranch,
    private: false,
  };
  const [owner] = run.repository.split("/");
  return {
    inputs: { ...empty, ...request.inputs },
    vars: request.vars ?? {},
    github: {
      actor: run.actor,
      event: { repository, inputs: request.inputs ?? {}, ...request.event?.payload },
      event_name: run.eventName,
      ref: run.ref,
      ref_name: run.ref.replace(/^refs\/(heads|tags)\//, ""),
      repository: run.repository,
      repository_owner: owner,
      run_id: String(run.runId),
      server_url: "https://github.com",
      sha: run.sha,
      workflow: workflow.name ?? run.workflow,
    },
  };
}
