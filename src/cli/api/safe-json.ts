/** JSON that a terminal may see: what it would obey is written as `\uXXXX`, and means the same. */

/* oxlint-disable no-control-regex -- finding control characters is what this file is for */
const UNSAFE = /[\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]/g;

/** One line of JSON; JSON itself escapes the rest of the control characters. */
export function toSafeJson(value: unknown): string {
  return `${JSON.stringify(value).replace(
    UNSAFE,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )}\n`;
}
