import { areEqual, known, truthOf, TRUTHY, UNKNOWN, type Value } from "./value.ts";

/** GitHub's functions over values that may be open. Names are in lower case. */
export function callFunction(name: string, args: readonly Value[]): Value {
  const [first = UNKNOWN, second = UNKNOWN] = args;
  switch (name) {
    case "success":
    case "always":
      return known(true);
    // Nothing is cancelled or broken in what a stranger wants to go through.
    case "cancelled":
      return known(false);
    case "contains":
      return contains(first, second);
    case "startswith":
      return matchText(first, second, (text, part) => text.startsWith(part));
    case "endswith":
      return matchText(first, second, (text, part) => text.endsWith(part));
    case "fromjson":
      return fromJson(first);
    case "format":
      return format(first, args.slice(1));
    case "tojson":
      return TRUTHY;
    default:
      return UNKNOWN;
  }
}

function contains(container: Value, item: Value): Value {
  if (container.kind !== "list") {
    return matchText(container, item, (text, part) => text.includes(part));
  }
  const answers = container.items.map((each) => areEqual(each, item));
  if (answers.includes(true)) return known(true);
  return answers.includes(null) ? UNKNOWN : known(false);
}

function matchText(
  text: Value,
  part: Value,
  matches: (text: string, part: string) => boolean,
): Value {
  if (text.kind !== "known" || part.kind !== "known") return UNKNOWN;
  const [whole, piece] = [text.value, part.value].map((value) => String(value ?? "").toLowerCase());
  return known(matches(whole ?? "", piece ?? ""));
}

function fromJson(text: Value): Value {
  if (text.kind !== "known" || typeof text.value !== "string") return UNKNOWN;
  try {
    return fromPlain(JSON.parse(text.value));
  } catch {
    return UNKNOWN;
  }
}

function fromPlain(value: unknown): Value {
  if (Array.isArray(value)) return { kind: "list", items: value.map(fromPlain) };
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return known(value);
    default:
      return value === null ? known(null) : TRUTHY;
  }
}

function format(pattern: Value, args: readonly Value[]): Value {
  if (pattern.kind !== "known") return UNKNOWN;
  if (args.some((arg) => arg.kind !== "known")) return truthOf(pattern) === true ? TRUTHY : UNKNOWN;
  const texts = args.map((arg) => (arg.kind === "known" ? String(arg.value ?? "") : ""));
  const filled = String(pattern.value).replaceAll(
    /\{(\d+)\}/g,
    (_, at: string) => texts[Number(at)] ?? "",
  );
  return known(filled);
}
