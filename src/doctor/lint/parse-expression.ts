import { type Expr, Lexer, Parser } from "@actions/expressions";

const CONTEXTS = [
  "github",
  "env",
  "vars",
  "job",
  "jobs",
  "steps",
  "runner",
  "secrets",
  "strategy",
  "matrix",
  "needs",
  "inputs",
];
const FUNCTIONS = ["success", "failure", "cancelled", "always", "hashFiles"].map((name) => ({
  name,
  minArgs: 0,
  maxArgs: 255,
}));

/** The syntax tree of an expression without its braces; null where GitHub could not read it. */
export function parseExpression(source: string): Expr | null {
  try {
    return new Parser(new Lexer(source).lex().tokens, CONTEXTS, FUNCTIONS).parse();
  } catch {
    // Its place is reported as a syntax problem; here it is only not to be known.
    return null;
  }
}
