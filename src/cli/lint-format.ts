import { styleText } from "node:util";
import { stripControls } from "../doctor/diagnosis/clean-text.ts";
import type { Finding } from "../doctor/lint/finding.ts";

/** Findings for a reader at a terminal: where, what, why, and what to do. */
export function formatFindings(
  findings: readonly Finding[],
  { files, colour }: { readonly files: number; readonly colour: boolean },
): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const blocks = findings.map(({ rule, level, file, place, message, why, remedy }) =>
    [
      `${paint("bold", `${stripControls(file)}:${place.line}:${place.column}`)}  ${paint(level === "error" ? "red" : "yellow", level)}  ${paint("dim", rule)}`,
      `  ${stripControls(message)}`,
      `  ${paint("dim", "why")}   ${why}`,
      `  ${paint("dim", "do")}    ${remedy}`,
      "",
      "",
    ].join("\n"),
  );
  return `${blocks.join("")}${summarize(findings, files)}\n`;
}

function summarize(findings: readonly Finding[], files: number): string {
  const read = `${files} ${files === 1 ? "workflow" : "workflows"} read`;
  if (findings.length === 0) return `${read}: nothing found.`;
  const errors = findings.filter(({ level }) => level === "error").length;
  return `${read}: ${count(errors, "error")}, ${count(findings.length - errors, "warning")}.`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
