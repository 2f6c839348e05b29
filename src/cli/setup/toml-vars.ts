/** Sets variables in the text of a wrangler.toml, line by line, so that its comments stay. */

/** Replaces values of variables that `[vars]` has already; others are not added. */
export function setTomlVars(text: string, values: Readonly<Record<string, string>>): string {
  let isInVars = false;
  return text
    .split("\n")
    .map((line) => {
      const table = /^\s*\[+\s*([^\]]+?)\s*\]+/.exec(line)?.[1];
      if (table !== undefined) isInVars = table === "vars";
      const name = isInVars ? /^\s*([A-Z_][A-Z0-9_]*)\s*=/.exec(line)?.[1] : undefined;
      const value = name === undefined ? undefined : values[name];
      return value === undefined ? line : `${name} = ${JSON.stringify(value)}`;
    })
    .join("\n");
}
