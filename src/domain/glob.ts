/**
 * The globs of the configuration: `*` stays within a path segment, `**` crosses segments, `?` is one
 * character. Everything else is literal, case counts, and the whole value must match.
 */

/**
 * True when the pattern matches the whole value. Runs in pattern × value steps: patterns come out of
 * repositories, and a backtracking matcher would let one of them stall the ledger.
 */
export function matchesGlob(pattern: string, value: string): boolean {
  const tokens = tokensOf(pattern);
  let reached = closure(tokens, [0]);
  for (const character of value) {
    const next = [...reached].flatMap((at) => step(tokens[at], at, character));
    reached = closure(tokens, next);
    if (reached.size === 0) return false;
  }
  return reached.has(tokens.length);
}

/** The positions that a token at a position leads to over one character. */
function step(token: string | undefined, at: number, character: string): number[] {
  const slash = character === "/";
  switch (token) {
    case "**":
      return [at];
    case "*":
      return slash ? [] : [at];
    case "?":
      return slash ? [] : [at + 1];
    case "**/":
      return slash ? [] : [at + 1];
    case "…/":
      return slash ? [at, at + 1] : [at];
    default:
      return token === `=${character}` ? [at + 1] : [];
  }
}

/** True when any of the patterns matches. */
export function matchesAny(patterns: readonly string[], value: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, value));
}

// "**/" at the start of a segment may stand for no segment at all, so that "**/*.md" matches
// "README.md". It makes two tokens: not begun (may be skipped), and inside (ends at a slash only).
function tokensOf(pattern: string): string[] {
  const characters = Array.from(pattern);
  const tokens: string[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*" && characters[at + 1] === "*") {
      while (characters[at + 1] === "*") at++;
      const wholeSegment = tokens.length === 0 || tokens.at(-1) === "=/" || tokens.at(-1) === "…/";
      if (wholeSegment && characters[at + 1] === "/") {
        at++;
        tokens.push("**/", "…/");
      } else tokens.push("**");
    } else tokens.push(character === "*" || character === "?" ? character : `=${character}`);
  }
  return tokens;
}

/** Positions reachable without reading a character. */
function closure(tokens: readonly string[], from: readonly number[]): Set<number> {
  const reached = new Set<number>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    if (tokens[at] === "*" || tokens[at] === "**") open.push(at + 1);
    else if (tokens[at] === "**/") open.push(at + 2);
  }
  return reached;
}
