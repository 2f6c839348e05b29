/** Fits a help text into a terminal: prose is filled anew, columns are kept or put below one another. */

/** Lines longer than this are hard to read, and other tools cut them. */
const WIDEST = 80;
const NARROWEST = 20;
/** Where a second column begins further to the right than this part, it goes to a line of its own. */
const FURTHEST = 0.5;
const STEP = 4;

/** The width that a help may take on a terminal of so many columns; without a terminal, the widest. */
export function helpWidth(columns: number | undefined): number {
  if (columns === undefined || columns === 0) return WIDEST;
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}

/** The text with no line wider than that, but for words that are. A command stays one, over many lines. */
export function fitHelp(text: string, width: number): string {
  return joinProse(text.split("\n"), width)
    .flatMap((line) => (line.length <= width ? [line] : fitLine(line, width)))
    .join("\n");
}

/** Lines of a paragraph that has to be broken become one; what is indented is a list, and stays so. */
function joinProse(lines: readonly string[], width: number): string[] {
  const paragraphs: string[][] = [];
  for (const line of lines) {
    const last = paragraphs.at(-1);
    const isProse = /^\S/.test(line) && /^\S/.test(last?.[0] ?? "");
    if (isProse && last !== undefined) last.push(line);
    else paragraphs.push([line]);
  }
  return paragraphs.flatMap((each) =>
    each.some((line) => line.length > width) ? [each.join(" ")] : each,
  );
}

function fitLine(line: string, width: number): string[] {
  const [, indent = "", first = "", gap = "", second = ""] =
    /^(\s*)(\S.*?)(?:(\s{2,})(\S.*))?$/.exec(line) ?? [];
  if (second === "") return fill(first, { first: indent, rest: indentOf(indent, first), width });
  const column = indent.length + first.length + gap.length;
  if (column <= width * FURTHEST) {
    const rest = " ".repeat(column);
    return fill(second, { first: `${indent}${first}${gap}`, rest, width });
  }
  const below = `${indent}${" ".repeat(STEP)}`;
  return [
    ...fill(first, { first: indent, rest: below, width }),
    ...fill(second, { first: below, rest: below, width }),
  ];
}

function indentOf(indent: string, text: string): string {
  return indent === "" && !text.startsWith("Usage:") ? "" : `${indent}${" ".repeat(STEP)}`;
}

interface Filling {
  /** What stands before the first line, and before the others. */
  readonly first: string;
  readonly rest: string;
  readonly width: number;
}

function fill(text: string, { first, rest, width }: Filling): string[] {
  // Whoever copies a command over several lines must get one command.
  const end = /^merge-relay \S/.test(text) && first !== "" ? " \\" : "";
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length + end.length > width) {
      lines.push(`${line}${end}`);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
