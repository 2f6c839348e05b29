import { failed, ok, skipped, unknown, type Verdict, warning } from "../check.ts";
import { messageOf } from "../facts.ts";
import { LINKS } from "../links.ts";
import type { SyntaxProblem } from "../lint/read-workflow.ts";
import type { Check } from "../patient.ts";
import { readWorkflow as readYaml } from "../workflow-text.ts";
import { eachWorkflow, type TargetWorkflow } from "./each-workflow.ts";
import type { WithRepository } from "./needs-repository.ts";

/** A key that GitHub added lately may be unknown to its published parser. */
const UNKNOWN_KEY = /^Unexpected value/;

/** Whether GitHub takes the file as a workflow: good YAML may still be none that it runs. */
export const workflowSyntaxCheck: Check = {
  name: "workflow-syntax",
  title: "Syntax of the workflow",
  run: (patient) => eachWorkflow(patient, judge),
};

async function judge(target: TargetWorkflow, { github }: WithRepository): Promise<Verdict> {
  const file = await github.file(target.path, target.ref);
  if (file.kind !== "known" || readYaml(file.value).kind === "unreadable") {
    return skipped(`${target.path} could not be read; see “workflow-file”.`);
  }
  const problems = await askParser(target.path, file.value);
  if (problems === null) {
    return unknown({
      finding: "GitHub's parser could not be loaded.",
      reason: "It is among the packages that `npm install` brings.",
      remedy: "Run `npm install` in merge-relay's directory.",
    });
  }
  return judgeProblems(target.path, problems);
}

function judgeProblems(path: string, problems: readonly SyntaxProblem[]): Verdict {
  const certain = problems.filter(({ message }) => !UNKNOWN_KEY.test(message));
  const [first] = [...certain, ...problems];
  if (first === undefined) return ok(`GitHub's parser takes ${path}.`);
  const named = problems.slice(0, 3).map(({ place, message }) => `line ${place.line}: ${message}`);
  const more =
    problems.length > named.length ? ` (and ${problems.length - named.length} more)` : "";
  const problem = {
    // The file is foreign text, and a message quotes it.
    finding: `GitHub's parser complains about ${path}: ${tame(named.join("; "))}${more}.`,
    remedy: `Correct it there, or put the original back with \`merge-relay init\`; \`merge-relay lint\` shows every place.`,
    link: LINKS.workflowSyntax,
  };
  return certain.length > 0
    ? failed({ ...problem, reason: "GitHub starts no run of a file that it cannot take." })
    : warning({
        ...problem,
        reason:
          "GitHub starts no run of a file with a key that it does not know, unless the key is so new that its published parser lacks it.",
      });
}

function tame(text: string): string {
  return messageOf(JSON.stringify({ message: text }));
}

/** Loaded for a file that is there; it takes longer than all other checks' code. */
async function askParser(path: string, text: string): Promise<readonly SyntaxProblem[] | null> {
  try {
    const { readWorkflow } = await import("../lint/read-workflow.ts");
    return readWorkflow(path, text).problems;
  } catch {
    return null;
  }
}
