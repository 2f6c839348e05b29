import { processIo } from "./command-io.ts";
import { commandsFor } from "./commands.ts";
import { EXIT } from "./exit-code.ts";
import { runProgram } from "./program.ts";

/** Start it by `merge-relay.js`, which finds a fitting Node. */

// A reader that closes early (`| head`) is not an error of ours; a full disk is one of nobody's code.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  process.stderr.write(`merge-relay: Cannot write the output (${error.code ?? error.name}).\n`);
  process.exit(EXIT.failed);
});
// `exitCode` and not `exit()`: a pipe may still be writing.
const argv = process.argv.slice(2);
process.exitCode = await runProgram(argv, processIo(), await commandsFor(argv));
