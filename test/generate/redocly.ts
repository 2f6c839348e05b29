/** Redocly's command, which lints OpenAPI documents and makes clients of them. It is kept off the network. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const COMMAND = fileURLToPath(
  new URL("../../node_modules/@redocly/cli/bin/cli.js", import.meta.url),
);

/** Runs it and returns what it prints; a failure throws with all of that. */
export async function redocly(args: readonly string[]): Promise<string> {
  const quiet = { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const { stdout } = await promisify(execFile)(process.execPath, [COMMAND, ...args], {
    env: { ...process.env, ...quiet },
  });
  return stdout;
}
