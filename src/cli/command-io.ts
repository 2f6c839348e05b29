import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { decodeText } from "./decode-text.ts";

/** What a command may touch of the world; tests give their own. */
export interface CommandIo {
  readFile(path: string): Promise<string>;
  readStdin(): Promise<string>;
  writeOut(text: string): void;
  writeError(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True only if the output goes to a terminal that wants colours. */
  colour: boolean;
  /** Of the terminal; left out where the output goes elsewhere. */
  readonly columns?: number;
  /** True only if somebody can answer a question: both sides are terminals, and it is no CI. */
  interactive: boolean;
}

/** The real terminal, files and streams of this process. */
export function processIo(): CommandIo {
  const { env, stdin, stdout } = process;
  const isSet = (name: string) => env[name] !== undefined && env[name] !== "";
  return {
    readFile: async (path) => decodeText(await readFile(path)),
    readStdin: async () => decodeText(await buffer(stdin)),
    writeOut: (output) => void stdout.write(output),
    writeError: (output) => void process.stderr.write(output),
    env,
    ...(stdout.isTTY ? { columns: stdout.columns } : {}),
    colour: stdout.isTTY && stdout.hasColors() && !isSet("NO_COLOR"),
    interactive: stdin.isTTY && stdout.isTTY && !isSet("CI"),
  };
}
