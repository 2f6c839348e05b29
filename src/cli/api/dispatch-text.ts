/** Dispatches at a terminal. */
import type { ShownDispatch } from "./answers.ts";
import { clean, type Paint, type Style } from "./paint.ts";

const STYLES: Readonly<Record<string, Style>> = {
  succeeded: "green",
  failed: "red",
  rejected: "red",
  exhausted: "red",
  cancelled: "yellow",
  skipped: "dim",
  held: "yellow",
  unknown: "yellow",
};

/** A state in its colour. */
function paintState(state: string, paint: Paint): string {
  return paint(STYLES[state.split(" ")[0] ?? ""] ?? "cyan", clean(state));
}

const HEAD = ["created (UTC)", "state", "for", "route", "by", "dispatch"] as const;

/** A head and one line each, in the order in which they came; columns as wide as they need to be. */
export function formatList(dispatches: readonly ShownDispatch[], paint: Paint): string {
  const rows = dispatches.map(cellsOf);
  const widths = HEAD.map((name, at) =>
    Math.max(name.length, ...rows.map((cells) => cells[at]?.length ?? 0)),
  );
  const pad = (cells: readonly string[]) => cells.map((cell, at) => cell.padEnd(widths[at] ?? 0));
  const lines = rows.map((cells) => {
    const [created = "", state = "", ...others] = pad(cells);
    return [created, paintState(state, paint), ...others].join("  ").trimEnd();
  });
  return [paint("dim", pad(HEAD).join("  ").trimEnd()), ...lines, ""].join("\n");
}

function cellsOf(one: ShownDispatch): string[] {
  const again = one.generation > 1 ? ` (${one.generation})` : "";
  return [
    timeOf(one.created_at),
    one.state,
    subjectOf(one),
    `${one.route ?? "-"}${again}`,
    one.actor ?? "-",
    one.id,
  ].map(clean);
}

/** What a dispatch is about, in a few words. */
export function subjectOf({ pull_request, sha, branch }: ShownDispatch): string {
  const commit = sha === null ? "" : sha.slice(0, 7);
  const what = pull_request === null ? (branch ?? "") : `#${pull_request}`;
  return [what, commit].filter((part) => part !== "").join(" ") || "-";
}

/** One dispatch with all that a reader may want to do something about. */
export function formatDispatch(one: ShownDispatch, paint: Paint): string {
  const { reason, run_url: run, remedy, diagnosis } = one;
  const rows: readonly Row[] = [
    ["dispatch", one.id],
    ["state", one.state + (reason === null ? "" : ` (${reason})`)],
    ["for", placeOf(one)],
    ["route", one.route === null ? null : `${one.route}, generation ${one.generation}`],
    ...imageRows(one),
    ["run", run],
    ["cause", diagnosis === null ? null : `${diagnosis.cause}: ${diagnosis.explanation ?? ""}`],
    ["what to do", remedy ?? diagnosis?.remedy ?? null],
  ];
  return rows
    .flatMap(([name, text]) => (text === null ? [] : [formatRow(name, text, paint)]))
    .join("");
}

type Row = readonly [name: string, text: string | null];

function formatRow(name: string, text: string, paint: Paint): string {
  const value = name === "state" ? paintState(text, paint) : clean(text);
  return `${paint("dim", name.padEnd(10))}  ${value}\n`;
}

function placeOf(one: ShownDispatch): string {
  const branch = one.branch === null || one.pull_request === null ? "" : `, branch ${one.branch}`;
  return `${subjectOf(one)} in ${one.repository}${branch}`;
}

function imageRows({ receipt }: ShownDispatch): Row[] {
  if (receipt === null) return [];
  const { image, digest, tags } = receipt;
  return [
    ["image", `${image}@${digest}`],
    ["tags", tags.length === 0 ? null : tags.join(", ")],
  ];
}

/** The steps that a dispatch took, one line each. */
export function historyLines({ history }: ShownDispatch, paint: Paint): string[] {
  return history.map((step) => formatStep(step, paint));
}

/** One step: when, to which state, and why. */
export function formatStep(step: ShownDispatch["history"][number], paint: Paint): string {
  const pad = " ".repeat(Math.max(0, 11 - step.state.length));
  return `${timeOf(step.at)}  ${paintState(step.state, paint)}${pad}  ${clean(step.cause)}`;
}

function timeOf(text: string): string {
  return clean(text).slice(0, 19).replace("T", " ");
}
