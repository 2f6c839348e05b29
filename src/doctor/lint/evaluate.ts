import { data, type Expr } from "@actions/expressions";
import {
  Binary,
  ContextAccess,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from "@actions/expressions/ast";
import { callFunction } from "./functions.ts";
import { parseExpression } from "./parse-expression.ts";
import { areEqual, known, truthOf, UNKNOWN, type Value } from "./value.ts";

/** What a path such as `github.event_name` holds; names are in lower case. */
export type Lookup = (path: readonly string[]) => Value;

/** Works out an expression as far as that is possible. Never guesses: what is open stays unknown. */
export function evaluate(source: string, lookup: Lookup): Value {
  const expression = parseExpression(source);
  return expression === null ? UNKNOWN : visit(expression, lookup);
}

/** The path of a chain of names; null where a part of it is computed. */
export function pathOf(expression: Expr): string[] | null {
  if (expression instanceof ContextAccess) return [expression.name.lexeme.toLowerCase()];
  if (!(expression instanceof IndexAccess)) return null;
  const parent = pathOf(expression.expr);
  if (parent === null) return null;
  if (expression.index instanceof Star) return [...parent, "*"];
  if (!(expression.index instanceof Literal)) return null;
  return [...parent, expression.index.literal.coerceString().toLowerCase()];
}

function visit(expression: Expr, lookup: Lookup): Value {
  if (expression instanceof Literal) return literal(expression);
  if (expression instanceof Grouping) return visit(expression.group, lookup);
  if (expression instanceof Unary) return not(visit(expression.expr, lookup));
  if (expression instanceof Binary) return compare(expression, lookup);
  if (expression instanceof Logical) return combine(expression, lookup);
  if (expression instanceof FunctionCall) {
    const values = expression.args.map((argument) => visit(argument, lookup));
    return callFunction(expression.functionName.lexeme.toLowerCase(), values);
  }
  const path = pathOf(expression);
  return path === null ? UNKNOWN : lookup(path);
}

function literal({ literal: value }: Literal): Value {
  switch (value.kind) {
    case data.Kind.Null:
      return known(null);
    case data.Kind.Boolean:
    case data.Kind.Number:
    case data.Kind.String:
      return known(value.value);
    default:
      return UNKNOWN;
  }
}

function not(value: Value): Value {
  const truth = truthOf(value);
  return truth === null ? UNKNOWN : known(!truth);
}

function compare({ left, operator, right }: Binary, lookup: Lookup): Value {
  if (operator.lexeme !== "==" && operator.lexeme !== "!=") return UNKNOWN;
  const equal = areEqual(visit(left, lookup), visit(right, lookup));
  if (equal === null) return UNKNOWN;
  return known(operator.lexeme === "==" ? equal : !equal);
}

/** `a && b` and `a || b` give one of their values, as in JavaScript. */
function combine({ args, operator }: Logical, lookup: Lookup): Value {
  const stopsAt = operator.lexeme === "||";
  const values = args.map((argument) => visit(argument, lookup));
  const deciding = values.find((value) => truthOf(value) === stopsAt);
  const firstOpen = values.find((value) => truthOf(value) === null);
  if (deciding === undefined) {
    return firstOpen === undefined ? (values.at(-1) ?? UNKNOWN) : UNKNOWN;
  }
  // Something open before it may be the value, but cannot change whether it holds.
  const isFirst = firstOpen === undefined || values.indexOf(deciding) < values.indexOf(firstOpen);
  return isFirst ? deciding : { kind: "unknown", truth: stopsAt };
}
