import { stripControls } from "./clean-text.ts";

/**
 * Turns a job log, `gh run view --log` output or pasted text into numbered, harmless lines.
 * Work and memory are bounded: of a huge log the head (permissions, inputs) and the tail
 * (the failure) are kept, and of a huge line its two ends.
 */

export interface LogLine {
  /** Counts from 1, by `\n`, in the text given. */
  number: number;
  /** Without timestamp, escape sequences and control characters. */
  text: string;
  job: string | null;
  step: string | null;
  /** A line without a timestamp in a log that has them: part of the message above. */
  continues: boolean;
}

const HEAD_LINES = 60_000;
const TAIL_LINES = 240_000;
const HEAD_CHARS = 3_000;
const TAIL_CHARS = 1_000;

// PowerShell may have read the mark before a log's first line in another code page.
const TIMESTAMP = /^(?:\uFEFF|ï»¿|∩╗┐|´╗┐)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z(?: |$)/;
// Other systems' clocks, which do not tell a message's end from its continuation.
const CLOCK = /^\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?Z?\]? /;

function countLines(log: string): number {
  let count = 1;
  for (let at = log.indexOf("\n"); at !== -1; at = log.indexOf("\n", at + 1)) count += 1;
  return count;
}

function shorten(raw: string): string {
  if (raw.length <= HEAD_CHARS + TAIL_CHARS) return raw;
  return `${raw.slice(0, HEAD_CHARS)}…${raw.slice(-TAIL_CHARS)}`;
}

/** A progress bar rewrites its line with bare carriage returns; the last state counts. */
function lastRewrite(raw: string): string {
  const end = raw.endsWith("\r") ? raw.length - 1 : raw.length;
  const start = raw.lastIndexOf("\r", end - 1) + 1;
  return start < end ? raw.slice(start, end) : raw.slice(0, end);
}

interface Columns {
  job: string | null;
  step: string | null;
  rest: string;
}

/** `job⇥step⇥line`, as `gh run view --log` prints it; only with a timestamp behind it. */
function splitColumns(raw: string): Columns {
  const first = raw.indexOf("\t");
  if (first > 0 && first < 300) {
    const second = raw.indexOf("\t", first + 1);
    if (second > first && second - first < 300) {
      const rest = raw.slice(second + 1);
      if (TIMESTAMP.test(rest) || rest.startsWith("\uFEFF")) {
        return {
          job: stripControls(raw.slice(0, first)),
          step: stripControls(raw.slice(first + 1, second)),
          rest,
        };
      }
    }
  }
  return { job: null, step: null, rest: raw };
}

interface ParsedLine extends LogLine {
  stamped: boolean;
}

function parseLine(raw: string, number: number): ParsedLine {
  const columns = splitColumns(shorten(lastRewrite(raw)));
  const stamped = TIMESTAMP.test(columns.rest);
  const body = stamped ? columns.rest.replace(TIMESTAMP, "") : columns.rest;
  const text = stripControls(body.replace(CLOCK, "")).trimEnd();
  return { number, text, job: columns.job, step: columns.step, continues: false, stamped };
}

/** Continuations belong to the job and step of the line above them. */
function attachContinuations(lines: ParsedLine[]): LogLine[] {
  const stamped = lines.filter((line) => line.stamped).length;
  const hasTimestamps = stamped > 0 && stamped * 2 >= lines.length;
  let above: ParsedLine | null = null;
  for (const line of lines) {
    line.continues = hasTimestamps && !line.stamped && above !== null;
    if (line.continues && above !== null && line.job === null) {
      line.job = above.job;
      line.step = above.step;
    }
    above = line;
  }
  return lines;
}

const PASTED_CHARS = 100_000;

/** Takes off what a report put before every line: the marks of a quotation, an indentation. */
function withoutMargin(log: string): string {
  if (log.length > PASTED_CHARS || !/^[> \t]/.test(log)) return log;
  const lines = log.split("\n");
  const filled = lines.filter((line) => /[^> \t\r]/.test(line));
  let margin = /^[> \t]{0,40}/.exec(filled[0] ?? "")?.[0] ?? "";
  while (!filled.every((line) => line.startsWith(margin))) margin = margin.slice(0, -1);
  return lines.map((line) => line.slice(margin.length)).join("\n");
}

const MIN_WIDTH = 60;
const MAX_WIDTH = 132;
// Where terminals end, so one line that reaches it was broken there; elsewhere it takes two.
const TERMINAL_WIDTHS = [80, 100, 120, 132];

// What begins a message is no rest of one; layers of one width stand below each other too.
const BEGINS = /^(?:##?[\d[]|-{6}|EOF$|[Ee]rror: |ERROR|[0-9a-f]{12}: |\[?\d{4}-\d\d-|\s*$)/m;

/** The width at which a report's lines were broken, 0 if they were not. */
function wrapWidth(log: string): number {
  if (log.length > PASTED_CHARS) return 0;
  const lengths = log.split("\n").map((line) => line.length);
  const [width = 0, next] = lengths.toSorted((a, b) => b - a);
  const broken = width === next || TERMINAL_WIDTHS.includes(width);
  return broken && width >= MIN_WIDTH && width <= MAX_WIDTH ? width : 0;
}

/** What stood at the break behind a line that goes on in the next; null if it does not. */
function lostAtBreak(log: string, start: number, end: number, width: number): string | null {
  const gap = width - end + start;
  const full = width > 0 && gap < 2 && end < log.length;
  return full && !BEGINS.test(log.slice(end + 1, end + 15)) ? " ".repeat(gap) : null;
}

/** Reads any text; blank lines are counted but not returned, broken ones count by their first. */
export function readLog(text: string): LogLine[] {
  const log = withoutMargin(text);
  const total = countLines(log);
  const skipFrom = HEAD_LINES;
  const skipTo = total - TAIL_LINES;
  const width = wrapWidth(log);
  const lines: ParsedLine[] = [];
  let start = 0;
  let broken = "";
  let first = 1;
  for (let number = 1; number <= total; number += 1) {
    const found = log.indexOf("\n", start);
    const end = found === -1 ? log.length : found;
    if (broken === "") first = number;
    const lost = lostAtBreak(log, start, end, width);
    const raw = broken + log.slice(start, end);
    broken = lost === null ? "" : raw + lost;
    if (broken === "" && (number <= skipFrom || number > skipTo)) {
      const line = parseLine(raw, first);
      if (line.text.trim() !== "") lines.push(line);
    }
    start = end + 1;
  }
  return attachContinuations(lines);
}
