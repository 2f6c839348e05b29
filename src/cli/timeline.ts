/** Lines with times for a person at a terminal; plain text where there are no colours. */
import { styleText } from "node:util";

const LABEL_WIDTH = 12;

export class Timeline {
  readonly #start = Date.now();

  title(text: string): void {
    process.stdout.write(`\n${styleText("bold", text)}\n`);
  }

  line(label: string, text: string): void {
    this.#print(Date.now(), label, text);
  }

  good(label: string, text: string): void {
    this.#print(Date.now(), label, styleText("green", text));
  }

  bad(label: string, text: string): void {
    this.#print(Date.now(), label, styleText("red", text));
  }

  /** Something that happened at another time than now. */
  at(timeMs: number, label: string, text: string): void {
    this.#print(timeMs, label, text);
  }

  /** A rule with what it saw and whether it passed. */
  check(rule: string, saw: string, passed: boolean): void {
    const mark = passed ? styleText("green", "yes") : styleText("red", "no ");
    process.stdout.write(`           ${mark} ${rule.padEnd(16)} ${saw}\n`);
  }

  #print(timeMs: number, label: string, text: string): void {
    const seconds = ((timeMs - this.#start) / 1000).toFixed(3).padStart(8);
    process.stdout.write(
      `${styleText("dim", `${seconds}s`)}  ${label.padEnd(LABEL_WIDTH)} ${text}\n`,
    );
  }
}
