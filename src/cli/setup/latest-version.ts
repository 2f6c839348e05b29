/** The newest release of the place that this copy was cloned from. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const TIMEOUT_MS = 8_000;

/** Asks the clone's own remote for its tags; null offline, or for a copy without a remote. */
export async function askLatestVersion(): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(
      "git",
      ["-C", ROOT, "ls-remote", "--tags", "--refs", "--sort=-version:refname", "origin", "v*"],
      { timeout: TIMEOUT_MS, env: { ...process.env, GIT_TERMINAL_PROMPT: "0" } },
    );
    return /refs\/tags\/v(\d+\.\d+\.\d+)$/m.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}
