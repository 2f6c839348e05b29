/** Cloudflare's own tool, as a child process: secrets reach it through stdin, never as arguments. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export interface WranglerResult {
  readonly code: number;
  /** Both streams; to be searched, and shown only where no secret went in. */
  readonly output: string;
}

export type RunWrangler = (args: readonly string[], stdin?: string) => Promise<WranglerResult>;

const WRANGLER = fileURLToPath(
  new URL("../../../node_modules/wrangler/bin/wrangler.js", import.meta.url),
);

/** Runs it in a directory without questions; a terminal is never handed on. */
export function createWrangler(directory: string): RunWrangler {
  return async (args, stdin = "") => {
    const child = spawn(process.execPath, [WRANGLER, ...args], {
      cwd: directory,
      env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
    const ended = new Promise<number>((resolve) => {
      child.on("error", () => resolve(127));
      child.on("close", (code) => resolve(code ?? 1));
    });
    const [out, error, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, output: `${out}\n${error}` };
  };
}
