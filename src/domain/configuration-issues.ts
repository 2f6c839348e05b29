/** Puts into words what the schema refused: where, why, and what to write instead. */
import type * as v from "valibot";
import { type Finding, type PathStep, printable, quote } from "./configuration-problem.ts";
import { ConfigurationSchema, FORMATS } from "./configuration-schema.ts";
import { keyOffsetAt, type Located, offsetAt, valueAt } from "./located-value.ts";
import { nearestWord } from "./nearest-word.ts";
import type { Advice } from "./text-format.ts";

type Issue = v.BaseIssue<unknown>;

/** Turns the schema's issues into findings. */
export function describeIssues(root: Located, issues: readonly Issue[]): Finding[] {
  return issues.map((issue) => {
    const path = pathOf(issue);
    const isKey = issue.path?.at(-1)?.origin === "key";
    const offset = isKey ? keyOffsetAt(root, path) : offsetAt(root, path);
    return { offset, path, ...describeIssue(root, path, issue) };
  });
}

function pathOf(issue: Issue): PathStep[] {
  return (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
}

function describeIssue(root: Located, path: readonly PathStep[], issue: Issue): Advice {
  if (issue.kind === "schema") return describeType(valueAt(root, path), path, issue);
  const { message: code, input } = issue;
  if (isFormatName(code)) return describeFormat(code, String(input));
  switch (code) {
    case "list-empty":
      return { message: "is an empty list; name something or remove the key", suggestion: null };
    case "list-long":
      return { message: `has more than ${String(issue.requirement)} entries`, suggestion: null };
    default:
      return { message: "needs any or none, or both", suggestion: null };
  }
}

function isFormatName(code: string): code is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, code);
}

function describeFormat(name: keyof typeof FORMATS, input: string): Advice {
  const format = FORMATS[name];
  if (input.length > format.maxLength) {
    return { message: `is longer than ${format.maxLength} characters`, suggestion: null };
  }
  if (input === "") return { message: "is empty", suggestion: null };
  const { message, suggestion } = format.advise(input);
  return { message: `${quote(input)} ${message}`, suggestion };
}

function describeType(value: Located | null, path: readonly PathStep[], issue: Issue): Advice {
  if (value === null) {
    const suggestion = path.at(-1) === "version" ? "version: 1" : null;
    return { message: "this key is required", suggestion };
  }
  if (path.length === 1 && path[0] === "version") return describeVersion(value);
  if (issue.type === "picklist") return describeChoice(value, issue);
  if (value.kind === "scalar" && value.value === null) {
    return { message: "has no value; give one or remove the key", suggestion: null };
  }
  if (issue.type === "array") return describeList(value);
  return describeText(value, issue.type === "union");
}

function describeVersion(value: Located): Advice {
  const isQuoted = value.kind === "scalar" && String(value.value) === "1";
  return isQuoted
    ? { message: "must be the number 1, without quotes", suggestion: "1" }
    : { message: "must be 1, the only version that this relay reads", suggestion: "1" };
}

function describeChoice(value: Located, issue: Issue): Advice {
  const schema = ConfigurationSchema.entries.routes.wrapped.pipe[0].item;
  const choices = schema.entries.on.wrapped.pipe[0].item.options;
  const written = value.kind === "scalar" ? value.source : "";
  return {
    message: `must be one of ${choices.join(", ")}, not ${quote(written || issue.received)}`,
    suggestion: nearestWord(written, choices),
  };
}

function describeList(value: Located): Advice {
  const isItem = value.kind === "scalar" && /^[\w./-]{1,60}$/.test(value.source);
  return { message: "must be a list", suggestion: isItem ? `[${value.source}]` : null };
}

function describeText(value: Located, maySuggestScalar: boolean): Advice {
  if (value.kind !== "scalar") {
    const wanted = maySuggestScalar ? "text, a number or true or false" : "text";
    return { message: `must be ${wanted}, not a ${kindOf(value)}`, suggestion: null };
  }
  const kind = typeof value.value === "number" ? "number" : "truth value";
  const source = printable(value.source);
  return {
    message: `must be text, and \`${source}\` is a ${kind}; quote it`,
    suggestion: `"${source}"`,
  };
}

function kindOf(value: Located): string {
  return value.kind === "map" ? "mapping" : "list";
}
