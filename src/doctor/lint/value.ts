/** What can be known of an expression's value without running it. */

export type Value =
  | { readonly kind: "known"; readonly value: string | number | boolean | null }
  | { readonly kind: "list"; readonly items: readonly Value[] }
  /** A text whose content is open, but not whose it is: no literal equals what a stranger chooses. */
  | { readonly kind: "named"; readonly name: string; readonly isStrangers: boolean }
  | { readonly kind: "unknown"; readonly truth: boolean | null };

export const UNKNOWN: Value = { kind: "unknown", truth: null };
export const TRUTHY: Value = { kind: "unknown", truth: true };

/** A value that is known. */
export function known(value: string | number | boolean | null): Value {
  return { kind: "known", value };
}

/** As GitHub judges it in an `if:`; null is not to be known. */
export function truthOf(value: Value): boolean | null {
  switch (value.kind) {
    case "known":
      return (
        value.value !== null && value.value !== false && value.value !== "" && value.value !== 0
      );
    case "list":
    case "named":
      return true;
    case "unknown":
      return value.truth;
  }
}

/** Whether two values are equal for GitHub, which ignores case; null is not to be known. */
export function areEqual(left: Value, right: Value): boolean | null {
  if (left.kind === "named" && right.kind === "named") return left.name === right.name;
  if (left.kind === "named" || right.kind === "named") {
    const [named, other] = left.kind === "named" ? [left, right] : [right, left];
    if (named.kind !== "named" || other.kind !== "known") return null;
    // Whoever asks for a repository by its name means this one; nothing has an empty name.
    return typeof other.value === "string" && other.value !== "" && !named.isStrangers;
  }
  if (left.kind !== "known" || right.kind !== "known") return null;
  return equalLiterals(left.value, right.value);
}

type Plain = string | number | boolean | null;

function equalLiterals(left: Plain, right: Plain): boolean {
  if (typeof left === "string" && typeof right === "string") {
    return left.toLowerCase() === right.toLowerCase();
  }
  return typeof left === typeof right ? left === right : toNumber(left) === toNumber(right);
}

/** GitHub compares values of different kinds as numbers. */
function toNumber(value: Plain): number {
  return Number(value ?? 0);
}
