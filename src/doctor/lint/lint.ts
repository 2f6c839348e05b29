import type { Breach, Finding, Rule } from "./finding.ts";
import { isActionFile, readAction } from "./read-action.ts";
import { readWorkflow, type ReadWorkflow } from "./read-workflow.ts";
import { linkWorkflows } from "./repository.ts";
import { RULES } from "./rules/all-rules.ts";

/** The name of a file, as findings give it, and its text. */
export interface WorkflowFile {
  readonly file: string;
  readonly text: string;
}

/** Not a rule of ours: what GitHub's parser says. It stands among the rules in reports. */
export const SYNTAX: Omit<Rule, "check"> = {
  id: "workflow-syntax",
  title: "GitHub's parser complains",
  level: "warning",
  why: "GitHub refuses to run a workflow that it cannot read, or ignores a part of it.",
  remedy:
    "Mend the place that is named. A key that GitHub added lately may be unknown to the parser.",
};

/**
 * Looks for what lets a pull request push an image, or a push fail, in the workflows of one
 * repository and its own actions: they are read together, since they call one another. Findings come by file and line.
 */
export function lintWorkflows(files: readonly WorkflowFile[]): Finding[] {
  const read = files
    .filter(({ file }) => !isActionFile(file))
    .map(({ file, text }) => ({ file, ...readWorkflow(file, text) }));
  const actions = files
    .filter(({ file }) => isActionFile(file))
    .flatMap(({ file, text }) => readAction(file, text) ?? []);
  const repository = linkWorkflows([...read.flatMap(({ workflow }) => workflow ?? []), ...actions]);
  const found = [
    ...read.flatMap(syntaxFindings),
    ...RULES.flatMap((rule) => rule.check(repository).map((breach) => toFinding(rule, breach))),
  ];
  return unique(found).toSorted(
    (a, b) =>
      compareTexts(a.file, b.file) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      compareTexts(a.rule, b.rule),
  );
}

function syntaxFindings({ file, workflow, problems }: ReadWorkflow & { file: string }): Finding[] {
  return problems.map(({ place, message }) =>
    toFinding(
      SYNTAX,
      workflow === null
        ? { file, place, message, level: "error", remedy: "Mend the file at that place." }
        : { file, place, message },
    ),
  );
}

function toFinding(rule: Omit<Rule, "check">, breach: Breach): Finding {
  return {
    rule: rule.id,
    level: breach.level ?? rule.level,
    file: breach.file,
    place: breach.place,
    message: breach.message,
    why: rule.why,
    remedy: breach.remedy ?? rule.remedy,
  };
}

/** Combinations of a matrix, and steps behind an anchor, are faulty in one place. */
function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((each) => [JSON.stringify(each), each])).values()];
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
