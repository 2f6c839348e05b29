/** What text without quotes stands for, by the core schema of YAML 1.2. */

export type Scalar = string | number | boolean | null;

const NULL = /^(?:~|null|Null|NULL)?$/;
const TRUTH = /^(?:true|True|TRUE|false|False|FALSE)$/;
const OCTAL = /^0o[0-7]+$/;
const HEXADECIMAL = /^0x[0-9a-fA-F]+$/;
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;
const NO_NUMBER = /^\.(?:nan|NaN|NAN)$/;

/** Reads text as it stands in the file. `yes` and `on` are text, `0x1F` is a number. */
export function plainValue(source: string): Scalar {
  if (NULL.test(source)) return null;
  if (TRUTH.test(source)) return source.toLowerCase() === "true";
  if (OCTAL.test(source) || HEXADECIMAL.test(source) || DECIMAL.test(source)) return Number(source);
  if (INFINITE.test(source)) {
    return source.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return NO_NUMBER.test(source) ? Number.NaN : source;
}
