/**
 * What is wrong in a configuration file, where, and what was probably meant.
 * Everything that is quoted here was written by others: it is cut and freed of
 * control characters, so that a problem is always one line that is safe to print.
 */

export interface ConfigurationProblem {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 code units. */
  readonly column: number;
  /** Such as `routes[0].branches`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** What to write instead, ready to be copied. */
  readonly suggestion: string | null;
}

export type PathStep = string | number;

const MAX_QUOTED_LENGTH = 60;

/** Renders problems as text, one line for each, in the order given. */
export function formatProblems(problems: readonly ConfigurationProblem[]): string {
  return problems.map(formatProblem).join("\n");
}

function formatProblem(problem: ConfigurationProblem): string {
  const place = `line ${problem.line}, column ${problem.column}: `;
  const path = problem.path === "" ? "" : `${problem.path}: `;
  const hint = problem.suggestion === null ? "" : `; did you mean \`${problem.suggestion}\`?`;
  return `${place}${path}${problem.message}${hint}`;
}

/** Quotes text that others wrote: printable, on one line, at most some 60 characters. */
export function quote(text: string): string {
  return `\`${printable(text)}\``;
}

/** As `quote`, without the quotation marks. */
export function printable(text: string): string {
  const cut = text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\u{FFFD}").replaceAll("`", "'");
}

/** Renders a path as `routes[0].labels.any[1]`; unusual keys are put in brackets. */
export function formatPath(path: readonly PathStep[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (!/^[A-Za-z_][\w-]{0,59}$/.test(step)) return `${text}[${quote(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** A problem before its place is counted in lines: `offset` points into the text. */
export interface Finding {
  readonly offset: number;
  readonly path: readonly PathStep[];
  readonly message: string;
  readonly suggestion: string | null;
}
