/** The doctor's results for a reader, line by line as they come, or as one JSON object. */
import { styleText } from "node:util";
import { type CheckResult, type CheckStatus, NOT_LOOKED_AT } from "../../doctor/check.ts";
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

export interface DoctorProgress extends Progress {
  /** Tells what was held back. */
  finish(): void;
}

/**
 * Writes each result when it is there; on a terminal also what is being looked at. What is left out
 * because the same thing is missing to many checks comes at the end, in one line for all of them.
 */
export function createDoctorProgress(io: CommandIo): DoctorProgress {
  const isLive = io.interactive && io.colour;
  const clear = isLive ? "\r\u001B[2K" : "";
  const held: CheckResult[] = [];
  const write = (text: string): void => io.writeOut(`${clear}${text}`);
  return {
    started({ title }) {
      if (isLive) write(`… ${title}`);
    },
    ended(result) {
      if (result.finding.startsWith(NOT_LOOKED_AT)) held.push(result);
      else write(formatResult(result, io.colour));
    },
    finish() {
      for (const status of ["unknown", "skipped"] as const) {
        const group = held.filter((result) => result.status === status);
        if (group.length > 0) write(formatGroup(group, status, io.colour));
      }
    },
  };
}

type Line = readonly [label: string, text: string | null];

/** A result in one line, and below it what to do about it. */
function formatResult(result: CheckResult, colour: boolean): string {
  const { check, status, finding, reason, remedy, link } = result;
  const more: Line[] =
    status === "ok"
      ? []
      : [
          ["why", reason],
          ["do", remedy],
          ["see", link],
        ];
  return format({ status, name: check, finding, more }, colour);
}

/** Several results of one kind: how many, which, and each reason and remedy once. */
function formatGroup(group: readonly CheckResult[], status: CheckStatus, colour: boolean): string {
  const [only] = group;
  if (group.length === 1 && only !== undefined) return formatResult(only, colour);
  const name = `${group.length} checks`;
  const findings = unique(group.map(({ finding }) => finding.slice(NOT_LOOKED_AT.length)));
  const finding = `${NOT_LOOKED_AT}${findings.map((each) => each.replace(/\.$/, "")).join("; ")}.`;
  const more: Line[] = [
    ["are", group.map(({ check }) => check).join(", ")],
    ...unique(group.map(({ reason }) => reason)).map((text): Line => ["why", text]),
    ...unique(group.map(({ remedy }) => remedy)).map((text): Line => ["do", text]),
    ...unique(group.map(({ link }) => link)).map((text): Line => ["see", text]),
  ];
  return format({ status, name, finding, more }, colour);
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

interface Entry {
  readonly status: CheckStatus;
  readonly name: string;
  readonly finding: string;
  readonly more: readonly Line[];
}

function format({ status, name, finding, more }: Entry, colour: boolean): string {
  const paint = (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const [mark, style] = MARKS[status];
  const lines = more.flatMap(([label, text]) =>
    text === null ? [] : [`    ${paint("dim", label.padEnd(4))} ${stripControls(text)}`],
  );
  const head = `${paint(style, mark)} ${name.padEnd(NAME_WIDTH)} ${stripControls(finding)}`;
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
