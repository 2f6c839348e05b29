/** A command of the API against a stand-in relay, signed in by a variable. */
import type { CommandIo } from "../../../../src/cli/command-io.ts";
import type { RegisterCommand } from "../../../../src/cli/program.ts";
import { type Printed, runCommandLine } from "../run-command.ts";

export function runAt(
  { url }: { url: string },
  command: RegisterCommand,
  argv: readonly string[],
  world: Partial<CommandIo> = {},
): Promise<Printed> {
  const env = { MERGE_RELAY_URL: url, MERGE_RELAY_TOKEN: "gho_secret" };
  return runCommandLine(command, argv, { env, ...world });
}
