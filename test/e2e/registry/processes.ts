/** Child processes for the registry lab: commands that end, and daemons that are ended by their own id. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";

/** Not Node's own type: this project's Worker settings are declared into it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Environment;
  readonly onChunk?: (chunk: string) => void;
}

export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/** Runs a command to its end. Standard output and error come together, in order; a signal is code 128. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    let output = "";
    const take = (chunk: string): void => {
      output += chunk;
      options.onChunk?.(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code: code ?? 128, output });
    });
  });
}

/** Like `runCommand`, but a command that fails is a bug of the lab and throws with its output. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, output } = await runCommand(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args[0] ?? ""} ended with ${code}:\n${output}`);
  return output.trim();
}

export interface Daemon {
  stop(): Promise<void>;
}

/** Starts a daemon that writes to a log file, and waits at most 30 s until `isReady` says so. */
export async function startDaemon(
  command: string,
  args: readonly string[],
  options: { env: Environment; log: string; isReady: () => Promise<boolean> },
): Promise<Daemon> {
  const child = spawn(command, args, {
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A test file whose tests are all deselected never reaches its clean-up.
  process.once("exit", () => child.kill("SIGTERM"));
  const log = createWriteStream(options.log);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) break;
    if (await options.isReady()) return { stop: async () => stopChild(child) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stopChild(child);
  throw new Error(`${command} did not become ready; its log: ${options.log}`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await ended;
  clearTimeout(late);
}
