import { processIo } from "./command-io.ts";
import { commandsFor } from "./commands.ts";
import { runProgram } from "./program.ts";

/** Start it by `merge-relay.js`, which finds a fitting Node. */

// A reader that closes early (`| head`) is not an error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
// `exitCode` and not `exit()`: a pipe may still be writing.
const argv = process.argv.slice(2);
process.exitCode = await runProgram(argv, processIo(), await commandsFor(argv));
