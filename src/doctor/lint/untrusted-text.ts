import type { Expr } from "@actions/expressions";
import { FunctionCall, Grouping, IndexAccess, Logical } from "@actions/expressions/ast";
import { pathOf } from "./evaluate.ts";
import { parseExpression } from "./parse-expression.ts";
import type { TextMap } from "./workflow.ts";

/** Finds expressions whose value is text that a stranger wrote. */

const UNTRUSTED = [
  /^github\.head_ref$/,
  /^github\.event\.(issue|pull_request|discussion)\.(title|body)$/,
  /^github\.event\.(comment|review|review_comment)\.body$/,
  /^github\.event\.pull_request\.head\.(ref|label)$/,
  /^github\.event\.pull_request\.head\.repo\.(default_branch|description|homepage)$/,
  /^github\.event\.pages\.(\*|\d+)\.page_name$/,
  /^github\.event\.(commits\.(\*|\d+)|head_commit)\.(message|author\.(name|email)|committer\.(name|email))$/,
  /^github\.event\.workflow_run\.(head_branch|display_title)$/,
  /^github\.event\.workflow_run\.head_commit\.(message|author\.(name|email))$/,
  /^github\.event\.workflow_run\.head_repository\.description$/,
  /^github\.event\.changes\.(title|body|head\.ref)\.from$/,
];
/** Whole objects hold everything below them. */
const WHOLE =
  /^github(\.event(\.(issue|pull_request(\.head)?|comment|review|discussion|commits|head_commit|workflow_run))?)?$/;

// Their value is a truth or a number of the machine's own.
const HARMLESS = new Set([
  "contains",
  "startswith",
  "endswith",
  "hashfiles",
  "success",
  "failure",
  "always",
  "cancelled",
]);

type IsTainted = (path: string) => boolean;

/** The first untrusted path whose text gets into the expression's value; null if there is none. */
export function findUntrusted(
  source: string,
  environments: readonly TextMap[] = [],
): string | null {
  return findTainted(source, environments, (path) =>
    UNTRUSTED.some((pattern) => pattern.test(path)),
  );
}

/** The same with another notion of what is not to be trusted; paths come in lower case. */
export function findTainted(
  source: string,
  environments: readonly TextMap[],
  isTainted: IsTainted,
): string | null {
  const expression = parseExpression(source);
  return expression === null ? null : visit(expression, { environments, isTainted });
}

interface Search {
  readonly environments: readonly TextMap[];
  readonly isTainted: IsTainted;
}

function visit(expression: Expr, search: Search): string | null {
  if (expression instanceof Grouping) return visit(expression.group, search);
  if (expression instanceof Logical) return visitResults(expression, search);
  if (expression instanceof FunctionCall) return visitCall(expression, search);
  const path = pathOf(expression);
  if (path === null) {
    // A comparison and a negation give true or false, whatever they look at.
    return expression instanceof IndexAccess ? visit(expression.expr, search) : null;
  }
  return judgePath(path, search);
}

/** All but the last of `a && b` is only a condition where it is a truth; `a || b` may give either. */
function visitResults({ args, operator }: Logical, search: Search): string | null {
  const results = operator.lexeme === "&&" ? args.slice(-1) : args;
  return firstOf(results, search);
}

function visitCall({ functionName, args }: FunctionCall, search: Search): string | null {
  const name = functionName.lexeme.toLowerCase();
  if (HARMLESS.has(name)) return null;
  if (name === "tojson") {
    const path = args[0] === undefined ? null : pathOf(args[0])?.join(".");
    if (typeof path === "string" && WHOLE.test(path)) return path;
  }
  return firstOf(args, search);
}

function firstOf(args: readonly Expr[], search: Search): string | null {
  for (const argument of args) {
    const found = visit(argument, search);
    if (found !== null) return found;
  }
  return null;
}

/** A variable that holds such a text is one, where an expression puts it into a script. */
function judgePath(path: readonly string[], { environments, isTainted }: Search): string | null {
  const name = path.join(".");
  if (isTainted(name)) return name;
  if (path[0] !== "env" || path[1] === undefined) return null;
  const key = path[1];
  const text = environments.find((each) => each.has(key))?.get(key);
  // Variables cannot see one another, so one level is all.
  const inner = text?.snippets
    .map(({ source }) => findTainted(source, [], isTainted))
    .find((each) => each !== null);
  return inner ?? null;
}
