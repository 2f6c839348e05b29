import { createInterface } from "node:readline";
import type { CommandIo } from "./command-io.ts";

/**
 * Asks for one line without moving the cursor, for terminals that can only write on. Null for Ctrl+C,
 * for the end of the input (Ctrl+D), and when the signal says that the answer came another way.
 */
export async function askLine(
  io: CommandIo,
  prompt: string,
  signal?: AbortSignal,
): Promise<string | null> {
  io.writeOut(prompt);
  const lines = createInterface({ input: process.stdin, terminal: false });
  const ending = new AbortController();
  const end = (): void => ending.abort();
  // The terminal makes a signal of Ctrl+C, which would end the program without a word.
  process.once("SIGINT", end);
  signal?.addEventListener("abort", end, { once: true });
  try {
    return await new Promise<string | null>((resolve) => {
      const nothing = (): void => {
        io.writeOut("\n");
        resolve(null);
      };
      // An input that has ended (Ctrl+D behind the last answer) never says so again.
      if (signal?.aborted === true || process.stdin.readableEnded) return nothing();
      lines.once("line", (line) => {
        lines.off("close", nothing);
        resolve(line);
      });
      lines.once("close", nothing);
      ending.signal.addEventListener("abort", () => lines.close(), { once: true });
    });
  } finally {
    process.off("SIGINT", end);
    signal?.removeEventListener("abort", end);
    lines.close();
  }
}
