/** The doctor's results for a reader, line by line as they come, or as one JSON object. */
import { styleText } from "node:util";
import type { CheckResult, CheckStatus } from "../../doctor/check.ts";
import { stripControls } from "../../doctor/diagnosis/clean-text.ts";
import type { Progress } from "../../doctor/run-checks.ts";
import type { CommandIo } from "../command-io.ts";

type Style = Parameters<typeof styleText>[0];

const MARKS: Readonly<Record<CheckStatus, readonly [string, Style]>> = {
  ok: ["✔", "green"],
  warning: ["!", "yellow"],
  failed: ["✖", "red"],
  skipped: ["-", "dim"],
  unknown: ["?", "yellow"],
};
const NAME_WIDTH = 21;

/** Writes each result when it is there; on a terminal also what is being looked at. */
export function createDoctorProgress(io: CommandIo): Progress {
  const clear = io.interactive ? "\r\u001B[2K" : "";
  const told = new Set<string>();
  /** What is left out for one reason in many checks is told why, and how to mend, once. */
  const once = (result: CheckResult): CheckResult => {
    const { status, reason, remedy } = result;
    if ((status !== "skipped" && status !== "unknown") || remedy === null) return result;
    const isTold = told.has(`${reason}${remedy}`);
    told.add(`${reason}${remedy}`);
    return isTold ? { ...result, reason: null, remedy: null } : result;
  };
  return {
    started({ title }) {
      if (io.interactive) io.writeOut(`${clear}… ${title}`);
    },
    ended: (result) => io.writeOut(`${clear}${formatResult(once(result), io.colour)}`),
  };
}

/** A result in one line, and below it what to do about it. */
function formatResult(result: CheckResult, colour: boolean): string {
  const paint = (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const [mark, style] = MARKS[result.status];
  const more: [string, string | null][] =
    result.status === "ok"
      ? []
      : [
          ["why", result.reason],
          ["do", result.remedy],
          ["see", result.link],
        ];
  const lines = more.flatMap(([label, text]) =>
    text === null ? [] : [`    ${paint("dim", label.padEnd(4))} ${stripControls(text)}`],
  );
  const head = `${paint(style, mark)} ${result.check.padEnd(NAME_WIDTH)} ${stripControls(result.finding)}`;
  return [head, ...lines, ""].join("\n");
}

/** The last line: how many of what, and with which fault to begin: the first stops what follows it. */
export function formatSummary(results: readonly CheckResult[]): string {
  const words: readonly [CheckStatus, string][] = [
    ["ok", "well"],
    ["failed", "failed"],
    ["warning", "to look at"],
    ["unknown", "not known"],
    ["skipped", "left out"],
  ];
  const parts = words.flatMap(([status, word]) => {
    const count = results.filter((result) => result.status === status).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const first = results.find(({ status }) => status === "failed");
  const advice = first === undefined ? "" : ` Begin with “${first.check}”.`;
  return `\n${parts.join(", ")}.${advice}\n`;
}
