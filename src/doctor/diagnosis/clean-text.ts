/** Makes foreign text harmless: no escape sequence, control or bidi character survives. */

/* oxlint-disable no-control-regex -- removing control characters is what this file is for */

const MAX_QUOTE = 300;

// Each alternative stops at the next escape character, so the scan stays linear.
const ESCAPES =
  /\u001B(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[ -/]*[0-~]?)/g;
// C1 forms of the same sequences: some terminals obey a single 0x9B as they do ESC [.
const C1_SEQUENCES =
  /\u009B[0-?]*[ -/]*[@-~]?|[\u0090\u0098\u009D-\u009F][^\u0007\u009C]*[\u0007\u009C]?/g;
// Bidi controls and zero-width characters can make a line read as another one.
const CONTROLS =
  /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]/g;

/** Removes terminal sequences and invisible characters; tabs stay. */
export function stripControls(text: string): string {
  return text.replace(ESCAPES, "").replace(C1_SEQUENCES, "").replace(CONTROLS, "");
}

/** A quotation fit for a report: one line, at most 300 characters, `…` where it was cut. */
export function quoteText(text: string): string {
  const clean = stripControls(text).replaceAll("\t", " ").trim();
  if (clean.length <= MAX_QUOTE) return clean;
  const head = clean.slice(0, MAX_QUOTE - 1);
  // Half of a surrogate pair would print as garbage.
  return `${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}…`;
}
