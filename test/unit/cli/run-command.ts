import type { CommandIo } from "../../../src/cli/command-io.ts";
import { type RegisterCommand, runProgram } from "../../../src/cli/program.ts";

export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

function missing(): Promise<never> {
  return Promise.reject(Object.assign(new Error("no"), { code: "ENOENT" }));
}

/** Runs a command line in this process, without a terminal, and gives what it printed. */
export async function runCommandLine(
  command: RegisterCommand,
  argv: readonly string[],
  world: Partial<CommandIo> & { readonly files?: Readonly<Record<string, string>> } = {},
): Promise<Printed> {
  let out = "";
  let error = "";
  const { files = {}, ...rest } = world;
  const io: CommandIo = {
    readFile: (path) => (files[path] === undefined ? missing() : Promise.resolve(files[path])),
    readStdin: () => Promise.resolve(files["-"] ?? ""),
    writeOut: (text) => void (out += text),
    writeError: (text) => void (error += text),
    env: {},
    colour: false,
    interactive: false,
    ...rest,
  };
  return { code: await runProgram(argv, io, [command]), out, error };
}
