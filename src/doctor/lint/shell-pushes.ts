/** Commands in a script that push an image. Read by their words: no shell is run. */

export interface PushCommand {
  /** What is pushed, as it is written. */
  readonly images: readonly string[];
  /** Whether the script asks something before; lint does not follow a shell's conditions. */
  readonly isConditional: boolean;
  /** Which line of the script, from 0. */
  readonly line: number;
}

const CONDITION = /(^|[\s;&|(])(if|case|test|while|until|\[\[?)\s/;
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
    images: firstArgument,
  },
  { command: /^docker(?:-|\s+)compose\b.*\spush\b/, images: () => [] },
  { command: /^docker\s+buildx\s+imagetools\s+create\b/, images: tagOptions },
  {
    command:
      /^(?:docker|depot|podman|nerdctl)\b.*\s(?:build|bake)\b.*\s(?:--push\b(?!=false)|(?:--output|-o)[\s=]\S*(?:type=registry|push=true))/,
    images: tagOptions,
  },
  { command: /^skopeo\s+copy\b/, images: lastDockerAddress },
  { command: /^(?:crane|oras)\s+(?:push|copy|cp)\b/, images: lastArgument },
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
    isConditional ||= CONDITION.test(` ${text} `);
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
  return (command.match(/(?:\$\{\{.*?\}\}|[^\s"'])+|"[^"]*"|'[^']*'/g) ?? []).map((word) =>
    word.replaceAll(/["']/g, ""),
  );
}

function firstArgument(words: readonly string[]): string[] {
  const at = words.indexOf("push");
  const image = words.slice(at + 1).find((word) => !word.startsWith("-"));
  return image === undefined ? [] : [image.replace(/^docker:\/\//, "")];
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
