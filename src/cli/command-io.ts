import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

/** What a command may touch of the world; tests give their own. */
export interface CommandIo {
  readFile(path: string): Promise<string>;
  readStdin(): Promise<string>;
  writeOut(text: string): void;
  writeError(text: string): void;
  /** True only if the output goes to a terminal that wants colours. */
  colour: boolean;
}

/** The real terminal, files and streams of this process. */
export function processIo(): CommandIo {
  return {
    readFile: (path) => readFile(path, "utf8"),
    readStdin: () => text(process.stdin),
    writeOut: (output) => void process.stdout.write(output),
    writeError: (output) => void process.stderr.write(output),
    colour: process.stdout.isTTY && process.stdout.hasColors(),
  };
}
