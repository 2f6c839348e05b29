/** Tables of a report in Markdown. */
import type { Spread } from "../statistics.ts";

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** The first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [
    tableLine(head),
    tableLine(head.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...rows.map(tableLine),
  ].join("\n");
}

/** The median with the smallest and the largest value. */
export function both({ median, least, most }: Spread, digits: number): string {
  return `${number(median, digits)} (${number(least, digits)}–${number(most, digits)})`;
}

/** A number for people; a dash where there is none. */
export function number(value: number | null, digits: number): string {
  if (value === null || !Number.isFinite(value)) return "–";
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}
