/** Changes single settings in the text of a `.dev.vars`, and leaves every other byte alone. */
import { parseEnv } from "node:util";

export type Changes = Readonly<Record<string, string | null>>;

/** Reads it as wrangler does. */
export function readEnvText(text: string): Record<string, string> {
  return { ...parseEnv(text) } as Record<string, string>;
}

/**
 * Sets (or, by null, takes out) settings. A value may hold line breaks, which are written as `\n`;
 * quotes and backslashes besides are a bug of the caller, since no setting has any.
 */
export function changeEnvText(text: string, changes: Changes): string {
  let result = text;
  for (const [name, value] of Object.entries(changes)) {
    const line = value === null ? "" : `${name}="${encode(name, value)}"\n`;
    const assignment = assignmentOf(name);
    if (assignment.test(result)) {
      let first = true;
      result = result.replace(new RegExp(assignment, "gm"), () => {
        const kept = first ? line : "";
        first = false;
        return kept;
      });
    } else if (line !== "") {
      result = `${result}${result === "" || result.endsWith("\n") ? "" : "\n"}${line}`;
    }
  }
  return result;
}

/** A whole assignment with its line break; quoted values may span lines. */
function assignmentOf(name: string): RegExp {
  const quoted = `"(?:[^"\\\\]|\\\\[^])*"|'[^']*'|\`[^\`]*\``;
  return new RegExp(
    `^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*(?:(?:${quoted})[^\\n]*|[^\\n]*)(?:\\n|$)`,
    "m",
  );
}

function encode(name: string, value: string): string {
  const line = value.trim().replaceAll("\r", "").replaceAll("\n", "\\n");
  if (/["'`\\](?!n)|[^\x20-\x7e]/.test(line)) throw new TypeError(`${name} cannot be written`);
  return line;
}
