/** A job's log in the form in which GitHub hands it out: timestamps, groups, `##[error]`, masked secrets. */

const COMMAND =
  /^::(error|warning|notice|debug|add-mask)(?: [^:]*(?:title=([^:,]*))?[^:]*)?::(.*)$/;

export class JobLog {
  readonly #lines: string[] = [];
  readonly #masks = new Set<string>();
  #partial = "";

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) if (secret !== "") this.#masks.add(secret);
  }

  line(text: string): void {
    const stamp = new Date().toISOString().replace("Z", "0000Z");
    let masked = text;
    for (const secret of this.#masks) masked = masked.replaceAll(secret, "***");
    this.#lines.push(`${stamp} ${masked}`);
  }

  group(title: string, lines: readonly string[]): void {
    this.line(`##[group]${title}`);
    for (const text of lines) this.line(text);
    this.line("##[endgroup]");
  }

  /** Output of a step, in chunks; workflow commands in it are carried out. */
  chunk(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = lines.pop() ?? "";
    for (const line of lines) this.#output(line.replace(/\r$/, ""));
  }

  /** Ends a last line without a line break. */
  flush(): void {
    if (this.#partial !== "") this.#output(this.#partial);
    this.#partial = "";
  }

  text(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  #output(line: string): void {
    const command = COMMAND.exec(line);
    if (command === null) return this.line(line);
    if (command[1] === "add-mask") {
      if (command[3] !== undefined && command[3] !== "") this.#masks.add(command[3]);
      return;
    }
    this.line(`##[${command[1]}]${command[3] ?? ""}`);
  }
}

/** The block by which a reader of the log sees what the job's token may do. */
export function permissionLines(permissions: Readonly<Record<string, string>>): string[] {
  const shown = Object.entries({ metadata: "read", ...permissions })
    .filter(([, level]) => level !== "none")
    .map(([name, level]) => `${pascal(name)}: ${level}`);
  return shown.toSorted();
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
