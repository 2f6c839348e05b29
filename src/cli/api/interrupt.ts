/** Ctrl+C while something is only looked at: the looking ends, and the command says what goes on. */

/** Runs work that heeds a signal; `interrupted` when the person at the terminal ended it. */
export async function untilInterrupt<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | "interrupted"> {
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once("SIGINT", end);
  try {
    return await work(ending.signal);
  } catch (error) {
    if (ending.signal.aborted) return "interrupted";
    throw error;
  } finally {
    process.off("SIGINT", end);
  }
}
