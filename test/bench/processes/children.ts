/** Every process that the bench starts: pinned to a core, known by its id, ended with the bench. */
import { type ChildProcess, spawn, spawnSync, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const running = new Set<ChildProcess>();
const canPin = availableParallelism() > 1 && spawnSync("taskset", ["--version"]).status === 0;

/** What is measured has core 0 for itself; what measures shares core 1. */
export type Core = 0 | 1;

export interface StartOptions {
  readonly core: Core;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdio?: "ipc" | "control";
  /** True: what the process says on its error output is shown. */
  readonly loud?: boolean;
}

/** True when processes have a core each; a report says so. */
export const isPinned = canPin;

/** Starts a program. With `control`, descriptor 3 is a pipe to read. */
export function start(
  command: string,
  parameters: readonly string[],
  options: StartOptions,
): ChildProcess {
  const whole = [command, ...parameters];
  const [program, ...rest] = canPin ? ["taskset", "-c", String(options.core), ...whole] : whole;
  const extra = { ipc: "ipc", control: "pipe", none: "ignore" } as const;
  const { PATH = "", HOME = "" } = process.env;
  const said = options.loud ? "inherit" : "ignore";
  const child: ChildProcess = spawn(program ?? "", rest, {
    env: { PATH, HOME, ...options.env },
    stdio: ["ignore", "ignore", said, extra[options.stdio ?? "none"]] as StdioOptions,
    serialization: "advanced",
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/** Starts this very program in another role, on the measuring core. */
export function startRole(role: string): ChildProcess {
  return start(process.execPath, [MAIN, `role:${role}`], { core: 1, stdio: "ipc", loud: true });
}

/** SIGKILL, and waits for the end. */
export async function killHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Ends whatever is still running. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
