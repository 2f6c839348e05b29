import { styleText } from "node:util";
import type { Diagnosis } from "../doctor/diagnosis/cause.ts";

type Style = Parameters<typeof styleText>[0];

/** A diagnosis for a reader at a terminal; its quotations are clean already. */
export function formatDiagnosis(diagnosis: Diagnosis, colour: boolean): string {
  // The stream was judged by the caller, who may write to something else than stdout.
  const paint = (style: Style, text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const tone: Style =
    diagnosis.confidence === "certain"
      ? "red"
      : diagnosis.confidence === "likely"
        ? "yellow"
        : "dim";
  const quotes = diagnosis.evidence.map(
    (quote) =>
      `  ${paint("dim", quote.line === null ? "run object" : `line ${quote.line}`)}  ${quote.text}`,
  );
  return [
    `${paint("bold", "Cause")}       ${paint(tone, diagnosis.cause)}`,
    `${paint("bold", "Confidence")}  ${diagnosis.confidence}`,
    `${paint("bold", "Retry")}       ${diagnosis.retryable ? "running the job again may help" : "running the job again will not help"}`,
    ...(quotes.length === 0 ? [] : ["", paint("bold", "Evidence"), ...quotes]),
    "",
    paint("bold", "What happened"),
    indent(diagnosis.explanation),
    "",
    paint("bold", "What to do"),
    indent(diagnosis.remedy),
    "",
  ].join("\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
}
