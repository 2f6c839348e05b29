import { styleText } from "node:util";
import { stripControls } from "../doctor/diagnosis/clean-text.ts";
import type { FileOutcome } from "./init-run.ts";
import type { WorkflowAdvice } from "./init-advice.ts";
import type { PlannedFile } from "./init-plan.ts";
import { formatDiff } from "./line-diff.ts";

/** How `init` speaks to a reader. */

const NEW_FILE_LINES = 40;

function painter(colour: boolean) {
  return (style: Parameters<typeof styleText>[0], text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
}

/** The differences, file by file; nothing for what is as it should be. */
export function formatPlan(
  plan: readonly PlannedFile[],
  { colour, full }: { readonly colour: boolean; readonly full: boolean },
): string {
  const style = { colour, newFileLines: full ? Number.POSITIVE_INFINITY : NEW_FILE_LINES };
  return plan
    .filter(({ state }) => state !== "same")
    .map(({ path, before, text }) => `${formatDiff(path, before, text, style)}\n`)
    .join("");
}

function wordFor({ outcome, state }: FileOutcome): string {
  switch (outcome) {
    case "written":
    case "unchanged":
      return outcome;
    case "kept":
      return state === "new" ? "not written" : "kept as it was";
    case "would-write":
      return "would be written";
  }
}

/** One line a file: what became of it, and what it is for. */
export function formatOutcome(outcomes: readonly FileOutcome[], colour: boolean): string {
  const paint = painter(colour);
  const lines = outcomes.map((file) => {
    const word = paint(file.outcome === "kept" ? "yellow" : "green", wordFor(file).padEnd(16));
    return `${word}  ${paint("bold", file.path)}
${" ".repeat(18)}${file.explains}
`;
  });
  const isKept = outcomes.some(({ outcome, state }) => outcome === "kept" && state === "different");
  return (
    lines.join("") +
    (isKept ? "\nA file differs from what init would write; --force replaces it.\n" : "")
  );
}

/** What to change in the workflows that were there before. */
export function formatAdvice(
  { findings, targetTriggers }: WorkflowAdvice,
  colour: boolean,
): string {
  const paint = painter(colour);
  const found = findings.map(
    ({ file, place, rule, message, remedy }) =>
      `  ${paint("bold", `${stripControls(file)}:${place.line}`)}  ${paint("dim", rule)}\n    ${stripControls(message)}\n    ${remedy}\n`,
  );
  const targets = targetTriggers.map(
    ({ file, place }) =>
      `  ${paint("bold", `${stripControls(file)}:${place.line}`)}  ${paint("dim", "pull_request_target")}\n    Starts with full rights for every stranger's pull request, and GitHub's default policy for public repositories blocks it.\n    If it is there for images, remove the trigger: publish-image.yml takes its place after the merge.\n`,
  );
  const all = [...found, ...targets];
  if (all.length === 0) return "";
  return `\n${paint("yellow", "To change in the workflows that were there before:")}\n${all.join("")}`;
}

/** What the files alone will not do. */
export function formatNotes(notes: readonly string[], colour: boolean): string {
  const paint = painter(colour);
  return notes.map((note) => `\n${paint("yellow", "Mind")}  ${stripControls(note)}\n`).join("");
}

export const NEXT_STEPS = `
Next
  1. Commit these files and bring them to the default branch.
  2. Install the relay's GitHub App on the repository.
  3. Merge a pull request; the run appears under Actions as "Publish image".
`;
