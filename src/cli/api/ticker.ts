/**
 * A line at the end of a terminal that says what is waited for, and how long. Not the spinner of the
 * other commands, which takes Ctrl+C for itself: here that has a meaning of its own.
 */
import type { CommandIo } from "../command-io.ts";

const SECOND_MS = 1_000;
const CLEAR = "\r\u001B[K";

export interface Ticker {
  /** What is waited for now; its time begins anew when it is another. */
  wait(what: string): void;
  /** Takes the line away, so that something else can be written. */
  clear(): void;
  stop(): void;
}

/** On a terminal only; elsewhere it does nothing. */
export function startTicker(io: CommandIo): Ticker {
  if (!io.interactive || !io.colour || !process.stderr.isTTY) {
    return { wait: () => {}, clear: () => {}, stop: () => {} };
  }
  let what = "";
  let since = Date.now();
  const draw = () => {
    if (what !== "") io.writeError(`${CLEAR}… ${what}, ${elapsed(Date.now() - since)}`);
  };
  const timer = setInterval(draw, SECOND_MS);
  return {
    wait(next) {
      if (next !== what) since = Date.now();
      what = next;
    },
    clear: () => io.writeError(CLEAR),
    stop() {
      clearInterval(timer);
      io.writeError(CLEAR);
    },
  };
}

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / SECOND_MS);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
