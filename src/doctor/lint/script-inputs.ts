import { actionName } from "./action-pushes.ts";
import { environmentsOf } from "./conditions.ts";
import type { Repository } from "./repository.ts";
import { findTainted } from "./untrusted-text.ts";
import type { Place, Step, Text, TextMap, Workflow } from "./workflow.ts";

/** Which inputs of the repository's own actions and called workflows end in a script. */

export interface ScriptPlace {
  readonly file: string;
  readonly place: Place;
}

/** By an input's name in lower case, the first script that it gets into. */
export type ScriptInputs = ReadonlyMap<string, ScriptPlace>;

/** Stands for every input, where a script has them all. */
const ALL = "*";

/** Looks through a callee and what it calls in turn; each is looked at once. */
export function createScriptInputs(repository: Repository): (callee: Workflow) => ScriptInputs {
  const known = new Map<Workflow, Map<string, ScriptPlace>>();
  const inputsOf = (callee: Workflow): ScriptInputs => {
    const earlier = known.get(callee);
    if (earlier !== undefined) return earlier;
    // Before the search, so that whoever calls itself comes to an end.
    const found = new Map<string, ScriptPlace>();
    known.set(callee, found);
    const add = (text: Text, environments: readonly TextMap[], at?: ScriptPlace): void => {
      for (const { source, place } of text.snippets) {
        for (const name of inputsIn(source, environments)) {
          if (!found.has(name)) found.set(name, at ?? { file: callee.file, place });
        }
      }
    };
    for (const { given, environments, target } of callsOf(repository, callee)) {
      for (const [text, at] of intoScripts(inputsOf(target), given)) add(text, environments, at);
    }
    for (const job of callee.jobs) {
      for (const step of job.steps) {
        const environments = environmentsOf(callee, job, step);
        for (const script of scriptsOf(step)) add(script, environments);
      }
    }
    return found;
  };
  return inputsOf;
}

/** One use of a local action or workflow. */
export interface LocalCall {
  readonly target: Workflow;
  readonly given: TextMap;
  readonly environments: readonly TextMap[];
  readonly job: string;
}

/** Every use of the repository's own actions and workflows in a file. */
export function callsOf(repository: Repository, workflow: Workflow): LocalCall[] {
  return workflow.jobs.flatMap((job) => {
    const called = [
      { target: repository.calleeOf(job), given: job.with, step: null },
      ...job.steps.map((step) => ({ target: repository.actionOf(step), given: step.with, step })),
    ];
    return called.flatMap(({ target, given, step }) =>
      target === null
        ? []
        : [{ target, given, environments: environmentsOf(workflow, job, step), job: job.id }],
    );
  });
}

/** What is given to inputs that end in a script, each with the place of it. */
export function intoScripts(inputs: ScriptInputs, given: TextMap): [Text, ScriptPlace, string][] {
  return [...given].flatMap(([name, text]): [Text, ScriptPlace, string][] => {
    const at = inputs.get(name) ?? inputs.get(ALL);
    return at === undefined ? [] : [[text, at, name]];
  });
}

/** What is run as a program: shell scripts, and github-script's JavaScript. */
export function scriptsOf(step: Step): Text[] {
  const script = actionName(step) === "actions/github-script" ? step.with.get("script") : undefined;
  return [step.run, script].flatMap((text) => text ?? []);
}

function inputsIn(source: string, environments: readonly TextMap[]): string[] {
  const names: string[] = [];
  findTainted(source, environments, (path) => {
    const match = /^inputs(?:\.([^.]+))?$/.exec(path);
    if (match !== null) names.push(match[1] ?? ALL);
    // There may be others in the same expression.
    return false;
  });
  return names;
}
