/**
 * A place in a text that is being read. What is wrong is collected here. After the first fault in the
 * grammar the place is the end of the text: every loop of the reader ends there, and nothing is
 * guessed about what follows.
 */
import type { Finding } from "../configuration-problem.ts";

const MAX_PARTS = 20_000;
const MAX_DEPTH = 16;
const MAX_FINDINGS = 20;

interface Place {
  readonly pos: number;
  readonly lineStart: number;
}

export class Cursor {
  readonly text: string;
  readonly findings: Finding[] = [];
  /** True once nothing that was read can be relied on. */
  failed = false;
  pos = 0;
  lineStart = 0;
  #parts = 0;
  #depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The character here; empty at the end. */
  get at(): string {
    return this.text[this.pos] ?? "";
  }

  get isEnd(): boolean {
    return this.pos >= this.text.length;
  }

  get column(): number {
    return this.pos - this.lineStart;
  }

  get place(): Place {
    return { pos: this.pos, lineStart: this.lineStart };
  }

  /** Goes back to a place. */
  return({ pos, lineStart }: Place): void {
    if (this.failed) return;
    this.pos = pos;
    this.lineStart = lineStart;
  }

  /** Tells of something that is not supported, and goes on. */
  note(message: string, offset: number): void {
    if (this.findings.length < MAX_FINDINGS) {
      this.findings.push({ offset, path: [], message, suggestion: null });
    }
  }

  /** Refuses the text from here on. */
  stop(message: string, offset = this.pos): void {
    if (!this.failed) this.findings.push({ offset, path: [], message, suggestion: null });
    this.failed = true;
    this.pos = this.text.length;
  }

  /** Refuses the text as no YAML. */
  fail(message: string, offset = this.pos): void {
    this.stop(`not valid YAML: ${message}`, offset);
  }

  /** Goes into a collection, which must be left again. */
  enter(): void {
    this.#depth += 1;
    this.countPart();
    if (this.#depth > MAX_DEPTH) this.stop(`nested deeper than ${MAX_DEPTH} levels`);
  }

  leave(): void {
    this.#depth -= 1;
  }

  countPart(): void {
    this.#parts += 1;
    if (this.#parts > MAX_PARTS) this.stop("the file has too many parts to be a configuration");
  }

  /** Whether there is a space, a line's end or nothing at all at that place. */
  isBlankAt(offset: number): boolean {
    const character = this.text[offset];
    return character === undefined || character === " " || character === "\n";
  }

  spaces(): void {
    while (this.at === " ") this.pos += 1;
  }

  /** Goes over a line's end. */
  newline(): void {
    this.pos += 1;
    this.lineStart = this.pos;
    this.countPart();
  }

  /**
   * Goes over spaces, comments and lines' ends to what is next; true when that is on another line.
   * Comments on lines of their own must be right of `indent`.
   */
  blanks(indent = -1): boolean {
    const { lineStart } = this;
    for (;;) {
      this.spaces();
      if (this.at === "#" && this.isBlankAt(this.pos - 1)) this.#comment(lineStart, indent);
      if (this.at !== "\n") return this.lineStart !== lineStart;
      this.newline();
    }
  }

  #comment(lineStart: number, indent: number): void {
    if (this.lineStart !== lineStart && this.column <= indent) {
      this.fail("a comment within brackets or braces must be indented more than their key");
    }
    const end = this.text.indexOf("\n", this.pos);
    this.pos = end === -1 ? this.text.length : end;
  }

  /** Whether a document begins or ends here. */
  isMarker(): boolean {
    return (
      this.column === 0 &&
      (this.text.startsWith("---", this.pos) || this.text.startsWith("...", this.pos)) &&
      this.isBlankAt(this.pos + 3)
    );
  }

  /** Whether this place, on a further line of something, is right of what it belongs to. */
  isWithin(indent: number): boolean {
    return this.column > indent && !this.isMarker();
  }
}
