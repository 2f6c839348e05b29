/** The program as its own process, without a terminal and with one. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const BIN = join(ROOT, "src/cli/merge-relay.js");
/** Of util-linux: makes a terminal for a program. */
export const SCRIPT = "/usr/bin/script";

type Variables = Readonly<Record<string, string>>;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export interface Started {
  /** What is on the screen so far. */
  out(): string;
  error(): string;
  type(text: string): void;
  interrupt(): void;
  readonly ended: Promise<Ended>;
}

/** The variables of whoever runs the tests must not sign anybody in, nor decide about questions. */
function environment(env: Variables): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "TMPDIR"].map((name) => [name, process.env[name]]);
  // What this process has more is none of the program's business.
  return { ...Object.fromEntries(kept), TERM: "xterm-256color", ...env } as NodeJS.ProcessEnv;
}

/** Starts a command without a terminal. */
export function startCommand(argv: readonly string[], env: Variables): Started {
  return start(process.execPath, [BIN, ...argv], env);
}

/** Starts a command on a terminal. */
export function startOnTerminal(argv: readonly string[], env: Variables): Started {
  const command = [process.execPath, BIN, ...argv].map((word) => `'${word}'`).join(" ");
  return start(SCRIPT, ["-qefc", command, "/dev/null"], env);
}

function start(program: string, argv: readonly string[], env: Variables): Started {
  const child = spawn(program, argv, { env: environment(env) });
  onTestFinished(() => void child.kill());
  let out = "";
  let error = "";
  child.stdout.on("data", (chunk) => void (out += String(chunk)));
  child.stderr.on("data", (chunk) => void (error += String(chunk)));
  return {
    out: () => out,
    error: () => error,
    type: (text) => void child.stdin.write(text),
    interrupt: () => void child.kill("SIGINT"),
    ended: new Promise((resolve) => {
      child.on("close", (code) => resolve({ code, out, error }));
    }),
  };
}
