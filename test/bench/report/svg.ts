/** Bar charts as SVG: no script, readable on light and on dark ground, each bar with its spread. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Smallest and largest value, drawn as a line. */
  readonly range?: readonly [least: number, most: number];
  /** What stands at its end, where the number alone does not say it. */
  readonly note?: string;
  /** True: ours. */
  readonly isOurs?: boolean;
}

export interface Chart {
  readonly title: string;
  /** What a unit of the axis is. */
  readonly unit: string;
  readonly bars: readonly Bar[];
  /** A goal, drawn as a dashed line. */
  readonly goal?: { readonly value: number; readonly label: string };
}

const WIDTH = 760;
const LABELS = 220;
const NOTES = 110;
const ROW = 26;
const TOP = 46;
const PLOT = WIDTH - LABELS - NOTES;

/** The chart as text. */
export function drawChart({ title, unit, bars, goal }: Chart): string {
  const values = bars.flatMap(({ value, range }) => [value, ...(range ?? [])]);
  const most = Math.max(...values.filter(Number.isFinite), goal?.value ?? 0, 1e-9);
  const x = (value: number): number => LABELS + (Math.min(value, most) / most) * PLOT;
  const height = TOP + bars.length * ROW + 12;
  const rows = bars.map((bar, index) => drawBar(bar, TOP + index * ROW, x));
  const line = goal ? drawGoal(goal, x(goal.value), height) : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">
<style>
text { font: 12px system-ui, sans-serif; fill: #57606a }
.title { font-size: 14px; font-weight: 600 }
.bar { fill: #8c959f } .ours { fill: #2da44e } .spread { stroke: #57606a; stroke-width: 1.5 }
.goal { stroke: #bf8700; stroke-width: 1.5; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) { text { fill: #9198a1 } .spread { stroke: #c9d1d9 } .bar { fill: #656d76 } }
</style>
<text class="title" x="0" y="16">${escape(title)}</text><text x="0" y="34">${escape(unit)}</text>
${rows.join("\n")}
${line}
</svg>
`;
}

function drawBar(bar: Bar, y: number, x: (value: number) => number): string {
  const { label, value, range, note, isOurs } = bar;
  const middle = y + ROW / 2 - 2;
  const shown = Number.isFinite(value) ? value : 0;
  const parts = [
    `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end">${escape(label)}</text>`,
    `<rect class="${isOurs ? "ours" : "bar"}" x="${LABELS}" y="${y + 2}" width="${round(x(shown) - LABELS)}" height="${ROW - 8}" rx="2"/>`,
  ];
  if (range) {
    const [least, most] = range.map((end) => round(x(end)));
    parts.push(`<line class="spread" x1="${least}" y1="${middle}" x2="${most}" y2="${middle}"/>`);
  }
  const end = round(x(Math.max(shown, range?.[1] ?? 0)) + 6);
  parts.push(`<text x="${end}" y="${middle + 4}">${escape(note ?? String(round(shown)))}</text>`);
  return parts.join("");
}

function drawGoal(goal: { label: string }, at: number, height: number): string {
  const x = round(at);
  return `<line class="goal" x1="${x}" y1="${TOP - 4}" x2="${x}" y2="${height - 8}"/><text x="${x + 4}" y="34">${escape(goal.label)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
