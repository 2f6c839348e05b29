/** What the bench sends deliveries to: a program that can be started, measured, killed and started again. */
import type { ChildProcess } from "node:child_process";

export interface Receiver {
  readonly name: string;
  /** Where the webhook is answered, while it runs. */
  url(): string;
  /** Starts it over what an earlier run left behind; it listens when this returns. */
  start(): Promise<void>;
  /** Processes whose CPU time and memory count. */
  pids(): number[];
  /** SIGKILL to all of it. */
  kill(): Promise<void>;
  /** Removes what it stored. */
  remove(): Promise<void>;
}

/** The process id of a child that runs. */
export function pidOf(child: ChildProcess | null): number {
  if (child?.pid === undefined) throw new Error("not running");
  return child.pid;
}
