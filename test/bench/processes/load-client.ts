/** The coordinator's end of the load generator. */
import type { ChildProcess } from "node:child_process";
import type { LoadMessage } from "../load/process.ts";
import type { VolleyOrder, VolleyResult } from "../load/volley.ts";
import { killHard, startRole } from "./children.ts";

export class LoadClient {
  readonly #child: ChildProcess = startRole("load");

  /** Fires a volley; `onProgress` hears how many are answered, every 25. */
  fire(order: VolleyOrder, onProgress?: (answered: number) => void): Promise<VolleyResult> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error("the load generator ended"));
      const hear = (message: LoadMessage): void => {
        if (message.kind === "progress") return onProgress?.(message.answered);
        this.#child.off("message", hear);
        this.#child.off("exit", ended);
        resolve(message.result);
      };
      this.#child.on("message", hear);
      this.#child.once("exit", ended);
      this.#child.send(order);
    });
  }

  close(): Promise<void> {
    return killHard(this.#child);
  }
}
