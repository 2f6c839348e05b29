/** GitHub's own expression language over plain JSON contexts. */
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import type { FunctionDefinition } from "@actions/expressions/funcs/info";

export type Contexts = Readonly<Record<string, unknown>>;

/** How the jobs or steps before went, for `success()` and its kin. */
export interface StatusSoFar {
  readonly failed: boolean;
  readonly cancelled: boolean;
}

const STATUS_CALL = /\b(success|failure|cancelled|always)\s*\(/;

/** The value of one expression (without `${{ }}`) as GitHub's evaluator gives it. */
function evaluate(source: string, contexts: Contexts, status: StatusSoFar): data.ExpressionData {
  const functions = statusFunctions(status);
  const { tokens } = new Lexer(source).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse();
  const world = toData(contexts) as data.Dictionary;
  return new Evaluator(parsed, world, functions).evaluate();
}

/** Replaces every `${{ }}` in a text. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, source: string) =>
    evaluate(source, contexts, { failed: false, cancelled: false }).coerceString(),
  );
}

/** A node that may be one whole expression (`matrix: ${{ fromJSON(…) }}`) keeps its type. */
export function resolveNode(node: unknown, contexts: Contexts): unknown {
  const whole = typeof node === "string" ? /^\s*\$\{\{(.*)\}\}\s*$/s.exec(node)?.[1] : undefined;
  if (whole === undefined || whole.includes("}}")) {
    return typeof node === "string" ? interpolate(node, contexts) : node;
  }
  const value = evaluate(whole, contexts, { failed: false, cancelled: false });
  return JSON.parse(JSON.stringify(value, data.replacer)) as unknown;
}

/** An `if:`; without a status function in it, `success()` is meant as well. */
export function holds(
  condition: string | boolean | undefined,
  contexts: Contexts,
  status: StatusSoFar,
): boolean {
  const text = condition === undefined ? "success()" : String(condition);
  const bare = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(text)?.[1] ?? text;
  const full = STATUS_CALL.test(bare) ? bare : `success() && (${bare})`;
  return isTruthy(evaluate(full, contexts, status));
}

function isTruthy(value: data.ExpressionData): boolean {
  switch (value.kind) {
    case data.Kind.Null:
      return false;
    case data.Kind.Boolean:
      return value.value;
    case data.Kind.Number:
      return value.value !== 0 && !Number.isNaN(value.value);
    case data.Kind.String:
      return value.value !== "";
    default:
      return true;
  }
}

function toData(value: unknown): data.ExpressionData {
  return JSON.parse(JSON.stringify(value), data.reviver) as data.ExpressionData;
}

function statusFunctions(status: StatusSoFar): Map<string, FunctionDefinition> {
  const answers = {
    success: !status.failed && !status.cancelled,
    failure: status.failed && !status.cancelled,
    cancelled: status.cancelled,
    always: true,
  };
  return new Map(
    Object.entries(answers).map(([name, answer]) => [
      name,
      { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(answer) },
    ]),
  );
}
