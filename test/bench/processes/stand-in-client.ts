/** The coordinator's end of the stand-in GitHub. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { RunStatus, StandInOrder, StandInReport } from "../stand-in/process.ts";
import { killHard, startRole } from "./children.ts";

export class StandInClient {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<StandInClient> {
    const child = startRole("stand-in");
    const [message] = (await once(child, "message")) as [{ port: number }];
    return new StandInClient(child, message.port);
  }

  /** How long every answer takes from now on. */
  delay(ms: number): void {
    this.#order({ kind: "delay", ms });
  }

  /** Forgets what was asked and dispatched. */
  forget(): void {
    this.#order({ kind: "forget" });
  }

  /** What every run has come to from now on. */
  runs(status: RunStatus): void {
    this.#order({ kind: "runs", status });
  }

  /** Every repository's configuration from now on; null: none has any. */
  configure(text: string | null): void {
    this.#order({ kind: "configure", text });
  }

  /** So many full pages of closed pull requests has every repository from now on. */
  closed(pages: number): void {
    this.#order({ kind: "closed", pages });
  }

  async report(): Promise<StandInReport> {
    this.#order({ kind: "report" });
    const [message] = (await once(this.#child, "message")) as [{ report: StandInReport }];
    return message.report;
  }

  close(): Promise<void> {
    return killHard(this.#child);
  }

  #order(order: StandInOrder): void {
    this.#child.send(order);
  }
}
