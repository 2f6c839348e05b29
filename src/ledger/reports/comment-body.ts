/** The one comment on a pull request: a row for each route, what to do, and the last explanation. Pure. */
import { isFinal } from "../../domain/dispatch-state.ts";
import { code, link, prose } from "../../domain/markdown.ts";
import type { Plan } from "../../domain/order.ts";
import { COMMENT_MARKER } from "../../domain/reporting.ts";
import type { DispatchRow } from "../dispatch-row.ts";
import { adviceLines, imageLines, titleOf } from "./check-content.ts";

const MAX_STEPS = 40;
/** GitHub takes 65,536 characters. */
const MAX_NOTE = 40_000;
const MAX_ROUTES = 25;

/** The body, from the newest dispatch of each route. */
export function commentBody(rows: readonly DispatchRow[], note: string | null): string {
  const shown = rows.slice(0, MAX_ROUTES);
  const table =
    shown.length === 0
      ? []
      : [
          [
            "| route | state | image | tags | platforms | run |",
            "| --- | --- | --- | --- | --- | --- |",
            ...shown.map(tableRow),
          ].join("\n"),
        ];
  const advice = shown.flatMap((row) => {
    const lines = adviceLines(row);
    return lines.length === 0 ? [] : [[`**${code(row.route ?? "")}**`, ...lines].join("\n\n")];
  });
  const parts = [
    `${COMMENT_MARKER}\n**merge-relay**`,
    ...table,
    ...advice,
    ...(note === null ? [] : [note]),
  ];
  return parts.join("\n\n");
}

/** The policy's answer with every rule that was tried, as Markdown. */
export function explanationNote(plan: Plan): string {
  const verdict = plan.reason === null ? plan.verdict : `${plan.verdict}: ${plan.reason}`;
  const steps = plan.trace.slice(0, MAX_STEPS).map(({ rule, route, saw, passed, change }) => {
    const where = route === null ? "" : ` (${code(route)})`;
    const mend = change === null ? "" : ` \u2014 ${prose(change)}`;
    return `- ${passed ? "\u2713" : "\u2717"} ${code(rule)}${where}: ${prose(saw)}${mend}`;
  });
  const remedy = plan.remedy === null ? [] : [`What to do: ${prose(plan.remedy)}`];
  return [`Asked just now: ${code(verdict)}`, ...remedy, upTo(MAX_NOTE, steps)].join("\n\n");
}

/** As many whole lines as fit: half a line could open what nothing closes. */
function upTo(length: number, lines: readonly string[]): string {
  let text = "";
  for (const line of lines) {
    if (text.length + line.length > length) return `${text}- \u2026`;
    text += `${line}\n`;
  }
  return text.trimEnd();
}

/** A sentence below the table. */
export function plainNote(text: string): string {
  return prose(text);
}

/** True once a dispatch has ended, and the comment has something to say. */
export function isTold(row: DispatchRow): boolean {
  return isFinal(row.state);
}

function tableRow(row: DispatchRow): string {
  const image = imageLines(row.receipt);
  const again = row.generation > 1 ? ` (${row.generation})` : "";
  const cells = [
    code(row.route ?? ""),
    `${code(titleOf(row))}${again}`,
    image?.image ?? "\u2014",
    image?.tags ?? "\u2014",
    image?.platforms ?? "\u2014",
    link(`run ${row.runId ?? ""}`.trim(), row.runUrl) ?? "\u2014",
  ];
  return `| ${cells.join(" | ")} |`;
}
