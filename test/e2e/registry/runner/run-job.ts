/** One job, or one leg of its matrix, in a workspace and with a token of its own. */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { holds, interpolate } from "./expressions.ts";
import type { Contexts } from "./expressions.ts";
import { startIdTokenServer } from "./id-token.ts";
import { interpolateAll } from "./job-state.ts";
import type { JobState } from "./job-state.ts";
import { JobLog, permissionLines } from "./job-log.ts";
import { runStep } from "./run-step.ts";
import type { Conclusion, RunInProgress } from "./run-request.ts";
import type { JobNode, StepNode } from "./workflow-file.ts";

interface StepRun {
  readonly name: string;
  readonly conclusion: Conclusion;
}

export interface JobRun {
  /** The key in the file; legs of a matrix share it. */
  readonly id: string;
  readonly name: string;
  readonly conclusion: Conclusion;
  /** As GitHub's `jobs/{id}/logs` would answer. Empty for a skipped job. */
  readonly log: string;
  /** What the steps wrote to `GITHUB_STEP_SUMMARY`. */
  readonly summary: string;
  readonly steps: readonly StepRun[];
  readonly outputs: Readonly<Record<string, string>>;
}

export interface JobTask {
  readonly id: string;
  readonly job: JobNode;
  readonly needs: Readonly<Record<string, unknown>>;
  readonly matrix: Readonly<Record<string, unknown>>;
  readonly index: number;
}

/** Runs the steps in order; the first that fails makes the rest depend on their `if:`. */
export async function runJob(run: RunInProgress, task: JobTask): Promise<JobRun> {
  const permissions = task.job.permissions ?? run.workflow.permissions ?? {};
  const idTokens = permissions["id-token"] === "write" ? await startIdTokenServer(run) : undefined;
  try {
    const state = await prepare(run, task, idTokens?.env ?? {});
    const name = interpolate(task.job.name ?? task.id, state.contexts);
    openLog(state, task, name);
    const { steps, failed } = await runSteps(state, task);
    const outputs = interpolateAll(task.job.outputs, { ...state.contexts, steps: state.steps });
    const conclusion = failed ? "failure" : "success";
    const log = state.log.text();
    return { id: task.id, name, conclusion, log, summary: state.summary, steps, outputs };
  } finally {
    idTokens?.close();
  }
}

async function runSteps(
  state: JobState,
  task: JobTask,
): Promise<{ steps: StepRun[]; failed: boolean }> {
  const steps: StepRun[] = [];
  let failed = false;
  for (const [index, step] of task.job.steps.entries()) {
    const done = await attempt(state, step, { index, failed });
    await state.run.request.onStep?.(task.id, done.name);
    steps.push(done);
    failed ||= done.conclusion === "failure" && step["continue-on-error"] !== true;
  }
  return { steps, failed };
}

async function attempt(
  state: JobState,
  step: StepNode,
  { index, failed }: { index: number; failed: boolean },
): Promise<StepRun> {
  const contexts = { ...state.contexts, steps: state.steps, env: state.env };
  const name = interpolate(step.name ?? step.uses ?? `Step ${index + 1}`, contexts);
  if (!holds(step.if, contexts, { failed, cancelled: false }))
    return { name, conclusion: "skipped" };
  const { code, outputs } = await runStep(state, step, index);
  const conclusion = code === 0 ? "success" : "failure";
  if (step.id !== undefined) state.steps[step.id] = { outputs, outcome: conclusion, conclusion };
  return { name, conclusion };
}

async function prepare(
  run: RunInProgress,
  task: JobTask,
  idTokenEnv: Record<string, string>,
): Promise<JobState> {
  const { request, world, identity } = run;
  const home = join(
    world.folder,
    `${identity.runId}-${task.id}-${task.index}-${randomBytes(3).toString("hex")}`,
  );
  const workspace = join(home, "workspace");
  const temp = join(home, "temp");
  for (const folder of [workspace, temp, join(home, "docker")])
    await mkdir(folder, { recursive: true });
  const plugins = { cliPluginsExtraDirs: [world.tools.buildxPlugins] };
  await writeFile(join(home, "docker/config.json"), JSON.stringify(plugins));
  const token = world.registry.issue({
    packages: lower(task.job.permissions?.["packages"], request.token?.packages),
    owner: (identity.repository.split("/")[0] ?? "").toLowerCase(),
  });
  const secrets = { ...request.secrets, GITHUB_TOKEN: token };
  const github = { ...(run.contexts["github"] as object), token, workspace };
  const contexts: Contexts = {
    ...run.contexts,
    github,
    secrets,
    needs: task.needs,
    matrix: task.matrix,
    strategy: { "job-index": task.index },
    runner: { os: "Linux", temp },
    job: { status: "success" },
  };
  const env = {
    PATH: [...world.tools.path, "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    HOME: home,
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: identity.repository,
    GITHUB_REF: identity.ref,
    GITHUB_SHA: identity.sha,
    GITHUB_RUN_ID: String(identity.runId),
    GITHUB_SERVER_URL: "https://github.com",
    RUNNER_TEMP: temp,
    DOCKER_CONFIG: join(home, "docker"),
    DOCKER_HOST: world.engine.dockerHost,
    ...idTokenEnv,
    ...interpolateAll({ ...run.workflow.env, ...task.job.env }, { ...contexts, env: {} }),
  };
  const log = new JobLog(Object.values(secrets));
  return { run, contexts, log, workspace, temp, token, env, steps: {}, summary: "" };
}

function lower(
  asked: string | undefined,
  cap: "none" | "read" | "write" = "write",
): "none" | "read" | "write" {
  const levels = ["none", "read", "write"] as const;
  const index = Math.min(levels.indexOf((asked ?? "none") as "none"), levels.indexOf(cap));
  return levels[index] ?? "none";
}

function openLog(state: JobState, task: JobTask, name: string): void {
  const { log, run } = state;
  const cap = run.request.token?.packages;
  const asked = task.job.permissions ?? run.workflow.permissions ?? {};
  const granted = Object.entries(asked).map(([scope, level]) => {
    if (cap === undefined) return [scope, level];
    if (scope === "packages") return [scope, lower(level, cap)];
    return [scope, level === "write" && cap !== "write" ? "read" : level];
  });
  log.line("Current runner version: '2.332.0'");
  log.group("Operating System", ["Ubuntu", "24.04.3", "LTS"]);
  log.group(
    "GITHUB_TOKEN Permissions",
    permissionLines(Object.fromEntries(granted) as Record<string, string>),
  );
  log.line(`Secret source: ${cap === undefined || cap === "write" ? "Actions" : "None"}`);
  log.line("Prepare workflow directory");
  log.line("Prepare all required actions");
  log.line(`Complete job name: ${name}`);
}
