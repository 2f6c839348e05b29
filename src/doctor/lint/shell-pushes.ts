/** Commands in a script that push an image. Read by their words: no shell is run. */

export interface PushCommand {
  /** What is pushed, as it is written. */
  readonly images: readonly string[];
  /** Whether the script asks something before; lint does not follow a shell's conditions. */
  readonly isConditional: boolean;
  /** Which line of the script, from 0. */
  readonly line: number;
}

/** At the beginning of a command: `npm test` asks nothing. */
const CONDITION = /^(if|elif|case|test|while|until|\[\[?)\s/;
const PREFIX =
  /^(?:\w+=\S*\s+|sudo\s+(?:-\w+\s+)*|time\s+|then\s+|do\s+|else\s+|exec\s+|!\s+|\(\s*|\{\s+)*/;
const ENGINE = "(?:docker|podman|nerdctl|buildah|finch)";

interface Pattern {
  readonly command: RegExp;
  /** The images among the words after the command. */
  readonly images: (words: readonly string[]) => string[];
}

const PATTERNS: readonly Pattern[] = [
  {
    command: new RegExp(`^${ENGINE}\\s+(?:image\\s+|manifest\\s+)?push\\b`),
    images: pushTarget,
  },
  { command: /^docker(?:-|\s+)compose\b.*\spush\b/, images: () => [] },
  { command: /^docker\s+buildx\s+imagetools\s+create\b/, images: tagOptions },
  {
    command:
      /^(?:docker|depot|podman|nerdctl)\b.*\s(?:build|bake)\b.*\s(?:--push\b(?!=false)|(?:--output|-o)[\s=]\S*(?:type=registry|push=true))/,
    images: tagOptions,
  },
  { command: /^skopeo\s+copy\b/, images: lastDockerAddress },
  { command: /^oras\s+push\b/, images: firstReference },
  { command: /^(?:crane|oras)\s+(?:push|copy|cp)\b/, images: lastArgument },
  // Its other tasks build into Docker or a file; it names the image in the build file.
  {
    command:
      /^(?:\.\/)?(?:mvnw?|gradlew?)\b.*(?:\sjib:|:jib-maven-plugin:(?:[\w.-]+:)?)build(?!\w)/,
    images: () => [],
  },
  { command: /^(?:\.\/)?gradlew?\b.*[\s:]jib(?![\w:-])/, images: () => [] },
];

/** Finds them in the order of the script. */
export function findPushCommands(script: string): PushCommand[] {
  const found: PushCommand[] = [];
  let isConditional = false;
  for (const { text, line } of commandsOf(script)) {
    const words = text.replace(PREFIX, "");
    const pattern = PATTERNS.find(({ command }) => command.test(words));
    if (pattern !== undefined) {
      found.push({ images: pattern.images(wordsAfter(words)), isConditional, line });
    }
    isConditional ||= CONDITION.test(words);
  }
  return found;
}

interface Command {
  readonly text: string;
  readonly line: number;
}

/** One command each, continued lines joined, comments left out. */
function commandsOf(script: string): Command[] {
  const commands: Command[] = [];
  let pending = "";
  let start = 0;
  script.split("\n").forEach((raw, line) => {
    if (pending === "") start = line;
    const isContinued = /\\\s*$/.test(raw);
    pending += `${raw.replace(/\\\s*$/, "")} `;
    if (isContinued) return;
    const isComment = pending.trim().startsWith("#");
    const parts = isComment ? [] : pending.split(/&&|\|\||[;|]/);
    commands.push(...parts.map((part) => ({ text: part.trim(), line: start })));
    pending = "";
  });
  return commands;
}

function wordsAfter(command: string): string[] {
  // Quotes only keep an expression's spaces together.
  const words = command.match(/(?:\$\{\{.*?\}\}|[^\s"'])+|"[^"]*"|'[^']*'/g) ?? [];
  const redirection = words.findIndex((word) => /^(?:\d|&)?>/.test(word));
  return words
    .slice(0, redirection === -1 ? words.length : redirection)
    .map((word) => word.replaceAll(/["']/g, ""));
}

/** `docker push IMAGE`, `podman push IMAGE TARGET`; an option's value stands before both. */
function pushTarget(words: readonly string[]): string[] {
  const target = words.slice(words.indexOf("push") + 1).findLast((word) => !word.startsWith("-"));
  return target === undefined ? [] : [target.replace(/^docker:\/\//, "")];
}

/** What follows it are files. */
function firstReference(words: readonly string[]): string[] {
  return words.filter((word) => /^[^-./][^/]*\/./.test(word)).slice(0, 1);
}

function lastArgument(words: readonly string[]): string[] {
  return words
    .slice(2)
    .filter((word) => !word.startsWith("-"))
    .slice(-1);
}

function lastDockerAddress(words: readonly string[]): string[] {
  return words
    .filter((word) => word.startsWith("docker://"))
    .slice(-1)
    .map((word) => word.slice(9));
}

function tagOptions(words: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const joined = /^--tag=(.+)$/.exec(word)?.[1];
    if (joined !== undefined) return [joined];
    return word === "-t" || word === "--tag" ? (words[at + 1] ?? []) : [];
  });
}
