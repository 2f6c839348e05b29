/** The log as lines of JSON, which Workers Logs indexes by field. */
import type { Log, LogFields } from "./domain/log.ts";

function write(level: "info" | "warn" | "error", event: string, fields: LogFields): void {
  // oxlint-disable-next-line no-console -- the one place that may: it is what Workers Logs reads
  console[level](JSON.stringify({ level, event, ...fields }));
}

export const jsonLog: Log = {
  info: (event, fields) => write("info", event, fields),
  warn: (event, fields) => write("warn", event, fields),
  error: (event, fields) => write("error", event, fields),
};
