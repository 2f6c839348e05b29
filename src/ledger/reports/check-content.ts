/** A dispatch as a check run shows it. Pure. */
import type { State } from "../../domain/dispatch-state.ts";
import type { ImageReceipt } from "../../domain/image-receipt.ts";
import { code, link, prose } from "../../domain/markdown.ts";
import type { CheckContent } from "../../domain/reporting.ts";
import type { DispatchRow } from "../dispatch-row.ts";

const CONCLUSIONS = {
  succeeded: "success",
  failed: "failure",
  exhausted: "failure",
  cancelled: "cancelled",
  rejected: "action_required",
  skipped: "neutral",
} as const;

/** What the check run says now. */
export function checkContent(row: DispatchRow): CheckContent {
  const { state, generation, runUrl } = row;
  const conclusion = Object.hasOwn(CONCLUSIONS, state)
    ? CONCLUSIONS[state as keyof typeof CONCLUSIONS]
    : null;
  const again = generation > 1 ? ` (${generation})` : "";
  const summary = summaryLines(row).join("\n\n");
  return {
    status: conclusion === null ? openStatus(state) : "completed",
    conclusion,
    output: { title: `${titleOf(row)}${again}`, summary },
    detailsUrl: link("run", runUrl) === null ? null : runUrl,
  };
}

/** The state in a word or two; a missing receipt shows. */
export function titleOf({ state, reason }: DispatchRow): string {
  return reason === null || reason === state ? state : `${state}: ${reason}`;
}

/** `name@digest`, tags and platforms as Markdown, or null without a receipt. */
export function imageLines(
  receipt: unknown,
): { image: string; tags: string; platforms: string } | null {
  if (typeof receipt !== "object" || receipt === null) return null;
  const { image, digest, tags, platforms } = receipt as ImageReceipt;
  return { image: code(`${image}@${digest}`), tags: list(tags), platforms: list(platforms) };
}

function list(names: readonly string[]): string {
  return names.slice(0, 20).map(code).join(", ") || "\u2014";
}

/** Why it failed and what to do, as Markdown; empty where all is well. */
export function adviceLines(row: DispatchRow): string[] {
  const { diagnosis, remedy } = row;
  const lines = [];
  if (diagnosis !== null && diagnosis.cause !== "unknown") {
    lines.push(
      `${code(diagnosis.cause)} (${diagnosis.confidence}): ${prose(diagnosis.explanation)}`,
    );
    lines.push(...diagnosis.evidence.slice(0, 3).map(({ text }) => code(text)));
  }
  if (remedy !== null) lines.push(`What to do: ${prose(remedy)}`);
  return lines;
}

function openStatus(state: State): "queued" | "in_progress" {
  const under: readonly State[] = ["dispatching", "unknown", "dispatched", "running"];
  return under.includes(state) ? "in_progress" : "queued";
}

function summaryLines(row: DispatchRow): string[] {
  const image = imageLines(row.receipt);
  const run = link(`Run ${row.runId ?? ""}`.trim(), row.runUrl);
  return [
    `State: ${code(titleOf(row))}`,
    ...(image === null
      ? []
      : [`Image: ${image.image}`, `Tags: ${image.tags}`, `Platforms: ${image.platforms}`]),
    ...(run === null ? [] : [run]),
    ...adviceLines(row),
  ];
}
