/** Which repository a command is about, and what else its arguments name. */
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import { readRemotes } from "../git-repository.ts";
import { parseRepository } from "../setup/addresses.ts";

/** `owner/name` as given, or the one that all git remotes of the directory name. */
export async function findRepository(given: string | undefined, directory = "."): Promise<string> {
  if (given !== undefined) {
    const { owner, name } = parseRepository(given);
    return `${owner}/${name}`;
  }
  const [first, ...others] = await readRemotes(directory);
  if (first !== undefined && others.length === 0) return first;
  throw new CommandProblem(
    first === undefined
      ? "Which repository? Name it as OWNER/NAME: this directory has no git remote that tells."
      : `Which repository? Name one as OWNER/NAME: the git remotes here are ${[first, ...others].join(", ")}.`,
    EXIT.usage,
  );
}

/** Splits `[owner/repo] WHAT`, of which only the last must be there. */
export function splitArguments(
  words: readonly string[],
  what: string,
): { repository: string | undefined; last: string } {
  const [first, second, ...rest] = words;
  if (first === undefined) throw new CommandProblem(`Name ${what}.`, EXIT.usage);
  if (rest.length > 0) throw new CommandProblem("Those are too many arguments.", EXIT.usage);
  return second === undefined
    ? { repository: undefined, last: first }
    : { repository: first, last: second };
}

/** A dispatch's id; anything else never gets into a path. */
export function parseDispatchId(text: string): string {
  if (isDispatchId(text)) return text;
  throw new CommandProblem(
    `“${text}” is no dispatch. Its id begins with mr-, as merge-relay list shows it.`,
    EXIT.usage,
  );
}

/** Whether a word can only be a dispatch's id. */
export function isDispatchId(text: string): boolean {
  return /^mr-[0-9a-z]{1,11}-[0-9a-z]{26}$/.test(text);
}

/** The path of what the API has about a repository. */
export function pathOf(repository: string, rest: string): string {
  return `/repos/${repository}${rest}`;
}
