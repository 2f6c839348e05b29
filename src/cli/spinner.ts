import type { CommandIo } from "./command-io.ts";

/** Does something that takes a while; a spinner turns meanwhile, on a terminal that takes colours only. */
export async function withSpinner<Result>(
  io: CommandIo,
  message: string,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!io.interactive || !io.colour || !process.stderr.isTTY) return work();
  const { spinner } = await import("@clack/prompts");
  // On stderr, so that the answer alone is on stdout.
  const turning = spinner({ output: process.stderr });
  turning.start(message);
  try {
    return await work();
  } finally {
    turning.clear();
  }
}
