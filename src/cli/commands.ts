/** Which commands a command line needs: to load all of them costs more than most of them do. */
import type { RegisterCommand } from "./program.ts";

/** In the order of the help. */
const COMMANDS: ReadonlyMap<string, () => Promise<RegisterCommand>> = new Map([
  ["init", async () => (await import("./init.ts")).registerInit],
  ["setup", async () => (await import("./setup.ts")).registerSetup],
  ["doctor", async () => (await import("./doctor.ts")).registerDoctor],
  ["lint", async () => (await import("./lint.ts")).registerLint],
  ["diagnose", async () => (await import("./diagnose.ts")).registerDiagnose],
  ["rotate", async () => (await import("./rotate.ts")).registerRotate],
  ["dispatch", async () => (await import("./dispatch.ts")).registerDispatch],
  ["list", async () => (await import("./list.ts")).registerList],
  ["show", async () => (await import("./show.ts")).registerShow],
  ["explain", async () => (await import("./explain.ts")).registerExplain],
  ["replay", async () => (await import("./replay.ts")).registerReplay],
  ["cancel", async () => (await import("./cancel.ts")).registerCancel],
  ["pause", async () => (await import("./pause.ts")).registerPause],
  ["resume", async () => (await import("./pause.ts")).registerResume],
]);

/** The one that is named first, none for `--version`, and all of them for help and for mistakes. */
export function commandsFor([first = ""]: readonly string[]): Promise<RegisterCommand[]> {
  if (first === "--version") return Promise.resolve([]);
  const named = COMMANDS.get(first);
  return Promise.all(
    (named === undefined ? [...COMMANDS.values()] : [named]).map((load) => load()),
  );
}
