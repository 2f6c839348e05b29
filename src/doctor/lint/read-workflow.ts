import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { isMapping, isSequence } from "@actions/workflow-parser/templates/tokens/type-guards";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { parseDocument } from "yaml";
import { readMatrix } from "./read-matrix.ts";
import {
  childOf,
  placeOf,
  readCondition,
  readDefaults,
  readList,
  readText,
  readTextMap,
} from "./read-text.ts";
import type { Access, Job, Permissions, Place, Step, Trigger, Workflow } from "./workflow.ts";

/** A complaint of GitHub's parser. */
export interface SyntaxProblem {
  readonly place: Place;
  readonly message: string;
}

export interface ReadWorkflow {
  /** Null where the file is no YAML, or nothing like a workflow. */
  readonly workflow: Workflow | null;
  readonly problems: readonly SyntaxProblem[];
}

/** GitHub's own limit for a workflow file is half of this. */
export const MAX_LENGTH = 1024 * 1024;
const MAX_PROBLEMS = 20;
/** Counted as they multiply; real workflows have a few dozen. */
const MAX_ALIASES = 1000;
const START: Place = { line: 1, column: 1 };

/** Reads a workflow file with GitHub's parser. Never throws: what it cannot read it reports. */
export function readWorkflow(file: string, text: string): ReadWorkflow {
  if (text.length > MAX_LENGTH) {
    return unreadable(START, "The file is larger than GitHub takes.");
  }
  if (growsByAliases(text)) {
    return unreadable(START, "The file's aliases unfold into more than anybody could mean.");
  }
  try {
    const { context, value } = parseWorkflow(
      { name: file, content: text.replace(/^\uFEFF/, "") },
      new NoOperationTraceWriter(),
    );
    const problems = context.errors.getErrors().map(({ rawMessage, range }) => ({
      place: range?.start ?? START,
      message: firstLine(rawMessage),
    }));
    const isWorkflow = value !== undefined && isMapping(value);
    // After the first mistake of syntax the others are mostly its echo.
    if (!isWorkflow) return { workflow: null, problems: problems.slice(0, 1) };
    const workflow = toWorkflow(file, value);
    return {
      workflow,
      problems: [...problems, ...strayNeeds(workflow)].slice(0, MAX_PROBLEMS),
    };
  } catch (error) {
    // The parser throws on documents that nobody writes, such as a list for a key.
    const reason = error instanceof Error ? firstLine(error.message) : "";
    return unreadable(START, `GitHub's parser gives up: ${reason}`);
  }
}

/** Jobs that wait for one that is not there: GitHub refuses the file, and its published parser does not see it. */
function strayNeeds({ jobs }: Workflow): SyntaxProblem[] {
  const ids = new Set(jobs.map(({ id }) => id.toLowerCase()));
  const places = new Map(
    jobs.flatMap(({ id, place, needs }) =>
      needs
        .filter((name) => !name.includes("${{") && !ids.has(name.toLowerCase()))
        .map((name) => [`Job \`${id}\` needs \`${name}\`, which is no job of this file`, place]),
    ),
  );
  return [...places].map(([message, place]) => ({ place, message }));
}

function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
}

/** Whether a text grows when it is read: aliases of aliases grow without end, and GitHub's parser unfolds them all. */
export function growsByAliases(text: string): boolean {
  if (!/[\s[,]\*\w/.test(text)) return false;
  try {
    parseDocument(text, { logLevel: "silent" }).toJS({ maxAliasCount: MAX_ALIASES });
    return false;
  } catch (error) {
    return error instanceof ReferenceError;
  }
}

function unreadable(place: Place, message: string): ReadWorkflow {
  return { workflow: null, problems: [{ place, message }] };
}

function toWorkflow(file: string, root: TemplateToken): Workflow {
  const jobs = childOf(root, "jobs");
  return {
    file,
    triggers: readTriggers(childOf(root, "on")),
    permissions: readPermissions(childOf(root, "permissions")),
    env: readTextMap(childOf(root, "env")),
    defaults: readDefaults(childOf(childOf(childOf(root, "on"), "workflow_call"), "inputs")),
    jobs:
      jobs !== null && isMapping(jobs)
        ? [...jobs].flatMap(({ key, value }) => readJobs(key.toString(), placeOf(key), value))
        : [],
  };
}

function readTriggers(on: TemplateToken | null): Trigger[] {
  if (on === null || !isMapping(on)) {
    return readList(on).map(({ value, place }) => ({ event: value, place, types: null }));
  }
  return [...on].map(({ key, value }) => {
    const types = childOf(value, "types");
    return {
      event: key.toString(),
      place: placeOf(key),
      types: types === null ? null : readList(types).map((type) => type.value),
    };
  });
}

const ALL: Readonly<Record<string, Access>> = { "read-all": "read", "write-all": "write" };

function readPermissions(token: TemplateToken | null): Permissions | null {
  if (token === null) return null;
  const scopes = new Map<string, Access>();
  for (const [scope, { value }] of readTextMap(token)) {
    if (value === "read" || value === "write" || value === "none") scopes.set(scope, value);
  }
  return { place: placeOf(token), rest: ALL[readText(token)?.value ?? ""] ?? "none", scopes };
}

/** A job with a matrix is one job for each combination. */
function readJobs(id: string, place: Place, token: TemplateToken): Job[] {
  const job = readJob(id, place, token);
  const combinations = readMatrix(childOf(childOf(token, "strategy"), "matrix"));
  return combinations.map((matrix) => ({ ...job, matrix }));
}

function readJob(id: string, place: Place, token: TemplateToken): Omit<Job, "matrix"> {
  const steps = childOf(token, "steps");
  return {
    id,
    place,
    needs: readList(childOf(token, "needs")).map(({ value }) => value),
    condition: readCondition(childOf(token, "if")),
    permissions: readPermissions(childOf(token, "permissions")),
    uses: readText(childOf(token, "uses")),
    with: readTextMap(childOf(token, "with")),
    env: readTextMap(childOf(token, "env")),
    steps: readSteps(steps),
  };
}

/** The steps of a job or an action; steps in parallel are steps like others. */
export function readSteps(token: TemplateToken | null): Step[] {
  if (token === null || !isSequence(token)) return [];
  return [...token].flatMap((step) => {
    const parallel = childOf(step, "parallel");
    return parallel === null ? [readStep(step)] : readSteps(parallel);
  });
}

function readStep(token: TemplateToken): Step {
  return {
    place: placeOf(token),
    id: readText(childOf(token, "id"))?.value ?? null,
    condition: readCondition(childOf(token, "if")),
    uses: readText(childOf(token, "uses")),
    run: readText(childOf(token, "run")),
    with: readTextMap(childOf(token, "with")),
    env: readTextMap(childOf(token, "env")),
  };
}
