import { registerCancel } from "./cancel.ts";
import { processIo } from "./command-io.ts";
import { registerDiagnose } from "./diagnose.ts";
import { registerDispatch } from "./dispatch.ts";
import { registerDoctor } from "./doctor.ts";
import { registerExplain } from "./explain.ts";
import { registerInit } from "./init.ts";
import { registerLint } from "./lint.ts";
import { registerList } from "./list.ts";
import { registerPause, registerResume } from "./pause.ts";
import { runProgram } from "./program.ts";
import { registerReplay } from "./replay.ts";
import { registerRotate } from "./rotate.ts";
import { registerSetup } from "./setup.ts";
import { registerShow } from "./show.ts";

/** The commands, in the order of the help. Start it by `merge-relay.js`, which finds a fitting Node. */
const COMMANDS = [
  registerInit,
  registerSetup,
  registerDoctor,
  registerLint,
  registerDiagnose,
  registerRotate,
  registerDispatch,
  registerList,
  registerShow,
  registerExplain,
  registerReplay,
  registerCancel,
  registerPause,
  registerResume,
];

// A reader that closes early (`| head`) is not an error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
// `exitCode` and not `exit()`: a pipe may still be writing.
process.exitCode = await runProgram(process.argv.slice(2), processIo(), COMMANDS);
