#!/usr/bin/env node
import { stripControls } from "../doctor/diagnosis/clean-text.ts";
import { processIo, type CommandIo } from "./command-io.ts";
import { runDiagnose } from "./diagnose.ts";

/** Finds the command and runs it; each command parses its own arguments. */

type Command = (argv: string[], io: CommandIo) => Promise<number>;

const COMMANDS: Record<string, Command> = { diagnose: runDiagnose };

const HELP = `merge-relay: one trusted image build for each merged pull request.

Usage
  merge-relay <command> [options]

Commands
  diagnose   say why an image push failed

Examples
  gh run view 123 --log-failed | merge-relay diagnose --log -
  merge-relay diagnose --log job.log --run run.json
  merge-relay diagnose --help
`;

async function main(argv: string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    io.writeOut(HELP);
    return name === undefined ? 1 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) return command(rest, io);
  io.writeError(
    `merge-relay: there is no command “${stripControls(name)}”. See merge-relay --help\n`,
  );
  return 1;
}

// A reader that closes early (`| head`) is not an error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
// `exitCode` and not `exit()`: a pipe may still be writing.
process.exitCode = await main(process.argv.slice(2), processIo());
