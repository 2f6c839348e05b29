/** What a process has used so far, from /proc: Linux only. */
import { readdirSync, readFileSync } from "node:fs";

/** A tick is 10 ms; differences over a second or more are exact to a percent. */
const TICK_US = 10_000;

/** CPU time of these processes, user and system, in microseconds. */
export function cpuUs(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold spaces; utime and stime are the 12th and 13th field after it.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    sum += (Number(fields[11]) + Number(fields[12])) * TICK_US;
  }
  return sum;
}

/** Resident memory of these processes, in MiB. */
export function residentMiB(pids: readonly number[]): number {
  let kib = 0;
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    kib += Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0);
  }
  return kib / 1024;
}

/** The same to the nanosecond, as the scheduler counts it: for a single request. */
export function cpuNs(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      sum += Number(readOrNothing(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0] ?? 0);
    }
  }
  return sum;
}

/** Of their first threads alone: workerd runs every Worker, HTTP and SQLite on that one. */
export function threadNs(pids: readonly number[]): number {
  return pids.reduce(
    (sum, pid) =>
      sum + Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ")[0] ?? 0),
    0,
  );
}

/** A thread may end while it is looked at. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
