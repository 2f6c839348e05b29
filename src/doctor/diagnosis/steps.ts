import type { LogLine } from "./read-log.ts";
import { stepKind, type StepKind } from "./step-kind.ts";

/** Splits a log into steps: what the runner printed as heading, and what the step printed. */

export interface Step {
  title: string;
  kind: StepKind;
  job: string | null;
  /** Commands or action, `with:` and `env:` as the runner echoes them. */
  header: LogLine[];
  output: LogLine[];
  /** The runner's mark that the step failed. */
  failedAt: LogLine | null;
}

const GROUP_RUN = "##[group]Run ";
const PASTED_RUN =
  /^Run ((?:\.\/|[\w.-]+\/[\w./-]+@)\S+|(?:docker|podman|buildah|skopeo|helm|oras|make|npm|pnpm|yarn|go|cargo|pytest|python3?|bash|sh|echo|set|cosign|crane|gh|git|gcloud|aws)\b.{0,300})$/;
const HEADER_END = /^(?:shell|with|env):/;

function startStep(title: string, kind: StepKind, line: LogLine | null): Step {
  return { title, kind, job: line?.job ?? null, header: [], output: [], failedAt: null };
}

/** In the web page's copy of a log the runner's mark reads `Error:`; in the log it is a tool's. */
function isFailureMark(text: string, pasted: boolean): boolean {
  return text.startsWith("##[error]") || (pasted && text.startsWith("Error: "));
}

/** The command lines of a heading: everything before `shell:`, `with:` and `env:`. */
export function commandOf(step: Step): string {
  const commands: string[] = [];
  for (const line of step.header) {
    if (HEADER_END.test(line.text)) break;
    commands.push(line.text.replace(/^(?:##\[group\])?Run /, ""));
  }
  return commands.join("\n");
}

/** The value of an input that the heading shows under `with:`. */
export function inputOf(step: Step, name: string): string | null {
  const prefix = `${name}: `;
  const line = step.header.find((candidate) => candidate.text.trim().startsWith(prefix));
  return line === undefined ? null : line.text.trim().slice(prefix.length).trim();
}

/** One pass over the lines; `heading` is true while the runner still echoes the step. */
class StepSplitter {
  readonly steps: Step[] = [];
  private heading = false;
  private readonly pasted: boolean;

  constructor(lines: LogLine[]) {
    this.pasted = !lines.some((line) => line.text.startsWith(GROUP_RUN) || line.step !== null);
    const first = this.pasted ? startStep("pasted text", "pasted", null) : null;
    this.steps.push(first ?? startStep("Set up job", "setup", lines[0] ?? null));
  }

  add(line: LogLine, previous: LogLine | null): void {
    if (line.step !== null && (previous?.step !== line.step || previous.job !== line.job)) {
      this.open(line.step, stepKindOfColumn(line.step), line);
    }
    if (line.text.startsWith(GROUP_RUN)) this.openHeading(line, line.text.slice(GROUP_RUN.length));
    else if (line.text === "Post job cleanup.") this.open("Post job cleanup", "post", line);
    else if (this.pasted && PASTED_RUN.test(line.text)) this.openHeading(line, line.text.slice(4));
    else this.addToCurrent(line);
  }

  private open(title: string, kind: StepKind, line: LogLine): void {
    this.steps.push(startStep(title, kind, line));
    this.heading = false;
  }

  private openHeading(line: LogLine, title: string): void {
    const current = this.steps.at(-1);
    const named = line.step !== null && current !== undefined && current.output.length === 0;
    if (!named || current.header.length > 0) this.open(title, "script", line);
    this.steps.at(-1)?.header.push(line);
    this.heading = true;
  }

  private addToCurrent(line: LogLine): void {
    const step = this.steps.at(-1);
    if (step === undefined) return;
    if (this.heading && this.endsHeading(line)) {
      this.closeHeading(step);
      if (line.text === "##[endgroup]") return;
    }
    if (this.heading) {
      step.header.push(line);
      return;
    }
    step.output.push(line);
    if (step.failedAt === null && !line.continues && isFailureMark(line.text, this.pasted))
      step.failedAt = line;
  }

  private endsHeading(line: LogLine): boolean {
    if (!this.pasted) return line.text === "##[endgroup]";
    return !/^\s/.test(line.text) && !HEADER_END.test(line.text);
  }

  closeHeading(step: Step): void {
    this.heading = false;
    step.kind = stepKind(commandOf(step));
  }
}

function stepKindOfColumn(name: string): StepKind {
  if (name === "Set up job") return "setup";
  if (name.startsWith("Post ")) return "post";
  return stepKind(name.replace(/^Run /, ""));
}

/** Steps in the order of the log; pasted text without headings is one step. */
export function splitSteps(lines: LogLine[]): Step[] {
  const splitter = new StepSplitter(lines);
  let previous: LogLine | null = null;
  for (const line of lines) {
    splitter.add(line, previous);
    previous = line;
  }
  const last = splitter.steps.at(-1);
  if (last !== undefined && last.header.length > 0) splitter.closeHeading(last);
  return splitter.steps.filter((step) => step.header.length > 0 || step.output.length > 0);
}
