/** One step: bash for `run:`, an adapter for `uses:`, and the files by which a step speaks to the runner. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../processes.ts";
import { runAction } from "./actions.ts";
import { interpolate } from "./expressions.ts";
import type { Contexts } from "./expressions.ts";
import { interpolateAll } from "./job-state.ts";
import type { JobState } from "./job-state.ts";
import type { StepNode } from "./workflow-file.ts";

export interface StepOutcome {
  readonly code: number;
  readonly outputs: Record<string, string>;
}

const CYAN = "\u001B[36;1m";
const PLAIN = "\u001B[0m";

/** Runs the step and takes over what it wrote to the output, environment and summary files. */
export async function runStep(
  state: JobState,
  step: StepNode,
  index: number,
): Promise<StepOutcome> {
  const files = {
    GITHUB_OUTPUT: join(state.temp, `output-${index}`),
    GITHUB_ENV: join(state.temp, `env-${index}`),
    GITHUB_STEP_SUMMARY: join(state.temp, `summary-${index}`),
  };
  for (const file of Object.values(files)) await writeFile(file, "");
  const before = { ...state.contexts, steps: state.steps, env: state.env };
  const own = interpolateAll(step.env, before);
  const contexts = { ...before, env: { ...state.env, ...own } };
  const env = { ...state.env, ...own, ...files };
  const code =
    step.uses === undefined
      ? await runScript(state, step, { index, contexts, env, own })
      : await useAction(state, step, { contexts, env, own });
  state.log.flush();
  if (code !== 0) state.log.line(`##[error]Process completed with exit code ${code}.`);
  Object.assign(state.env, parsePairs(await readFile(files.GITHUB_ENV, "utf8")));
  state.summary += await readFile(files.GITHUB_STEP_SUMMARY, "utf8");
  return { code, outputs: parsePairs(await readFile(files.GITHUB_OUTPUT, "utf8")) };
}

async function runScript(
  state: JobState,
  step: StepNode,
  at: {
    index: number;
    contexts: Contexts;
    env: Record<string, string>;
    own: Record<string, string>;
  },
): Promise<number> {
  const script = interpolate(step.run ?? "", at.contexts);
  const file = join(state.temp, `step-${at.index}.sh`);
  await writeFile(file, script);
  const shell = step.shell ?? state.run.workflow.defaults?.run?.shell;
  const flags = shell === "bash" ? ["--noprofile", "--norc", "-e", "-o", "pipefail"] : ["-e"];
  const lines = script.trimEnd().split("\n");
  const shown = lines.map((line) => `${CYAN}${line}${PLAIN}`);
  state.log.group(`Run ${lines[0] ?? ""}`, [
    ...shown,
    `shell: /usr/bin/bash ${flags.join(" ")} {0}`,
    ...blockLines("env", at.own),
  ]);
  const onChunk = (chunk: string): void => state.log.chunk(chunk);
  const { code } = await runCommand("bash", [...flags, file], {
    cwd: state.workspace,
    env: at.env,
    onChunk,
  });
  return code;
}

async function useAction(
  state: JobState,
  step: StepNode,
  at: { contexts: Contexts; env: Record<string, string>; own: Record<string, string> },
): Promise<number> {
  const inputs = interpolateAll(step.with, at.contexts);
  state.log.group(`Run ${step.uses ?? ""}`, [
    ...blockLines("with", inputs),
    ...blockLines("env", at.own),
  ]);
  return runAction(state, { uses: step.uses ?? "", inputs, env: at.env });
}

function blockLines(title: string, block: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(block).filter(([, value]) => value !== "");
  if (entries.length === 0) return [];
  const lines = entries.flatMap(([key, value]) => `  ${key}: ${value.trimEnd()}`.split("\n"));
  return [`${title}:`, ...lines];
}

/** `name=value` lines and `name<<END` blocks, as GitHub's files have them. */
function parsePairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const block = /^([^=<]+)<<(.+)$/.exec(line);
    if (block?.[1] !== undefined && block[2] !== undefined) {
      const end = lines.indexOf(block[2]);
      pairs[block[1]] = lines.splice(0, end).join("\n");
      lines.shift();
    } else if (line.includes("=")) {
      pairs[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
    }
  }
  return pairs;
}
