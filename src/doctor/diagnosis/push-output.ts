import type { LogLine } from "./read-log.ts";
import type { Step } from "./steps.ts";

/**
 * Of a step's output, the lines that a push tool itself printed about its last attempt.
 * Left out: what commands inside an image build printed, echoed commands, retried attempts.
 */

const BUILD_OUTPUT = /^(?:\[[^\]]{1,80}\] )?#\d{1,5} \d{1,6}\.\d{1,4} /;
const BUILD_FAILED = "did not complete successfully";
// The piece of the Dockerfile that BuildKit shows next to an error.
const SOURCE_LINE = /^ {1,6}\d{1,5} \| /;
const ECHOED =
  /^(?:\[command\]|\+{1,3} |\$ |\/usr\/(?:local\/)?bin\/\S+ |##\[(?:debug|group|notice|command)\]|HEAD is now at )/;
const RETRY_MARK =
  /\b(?:retrying in|retry(?:ing)? \d|attempt \d{1,3}(?: of \d{1,3}|\/\d{1,3})? (?:failed|was unsuccessful)|retrying(?: push)?\.\.\.|will retry)/i;
const DOCKER_LAYER_RETRY = /^[0-9a-f]{12}: Retrying in/;
const PUSH_STARTS =
  /^(?:The push refers to (?:a )?repository \[|Getting image source signatures|\+ (?:docker|podman|buildah|skopeo|helm|crane|oras) (?:push|copy))/;
const TROUBLE =
  /denied|unauthori[sz]ed|forbidden|error|status|toomany|too many|invalid|no space|immutable|unknown blob|timeout|\bEOF\b/i;
const RUNNER_SUMMARY =
  /^(?:##\[error\]|Error: )(?:Process completed with exit code|The operation was canceled|Final attempt failed|The process '.{1,300}' failed with exit code|Error: \S{1,60} exited with code)/;

export interface PushOutput {
  lines: LogLine[];
  /** The text of these lines, one below the other. */
  text: string;
  /** Output of commands inside the image build: it can fill a disk, it cannot push. */
  buildLines: LogLine[];
  warnings: LogLine[];
}

function isTrouble(line: LogLine): boolean {
  return TROUBLE.test(line.text) && !RUNNER_SUMMARY.test(line.text) && !RETRY_MARK.test(line.text);
}

/** Keeps what follows the last mark behind which trouble is still reported. */
function afterLastMark(lines: LogLine[], isMark: (line: LogLine) => boolean): LogLine[] {
  let troubleBelow = false;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at];
    if (line === undefined) continue;
    if (isMark(line)) {
      if (troubleBelow) return lines.slice(at);
    } else if (isTrouble(line)) troubleBelow = true;
  }
  return lines;
}

type Sort = "push" | "build" | "warning" | "noise";

const PULL_VERTEX =
  /^#(\d{1,5}) (?:\[[^\]]{1,100}\] )?(?:pulling image|booting buildkit|load metadata for|FROM |importing cache|resolve )/;
const VERTEX = /^#(\d{1,5}) /;
// What these vertices print is the push itself, though in the form of a command's output.
const PUSH_VERTEX = /^#(\d{1,5}) (?:\[[^\]]{1,100}\] )?(?:exporting (?:to|cache|content)|pushing )/;
const PULL_STARTS =
  /^\s{0,8}(?:(?:\[command\]|\+{1,3} |\$ |)\S{0,40}(?:docker|podman)(?: image| compose)? pull |Pull down action image |Step \d{1,3}\/\d{1,3} : FROM |Pulling \S{1,100} \()/;
const PULL_OVER =
  /^\s{0,8}(?:Step \d{1,3}\/\d{1,3} : |---> |\[command\]|\+{1,3} |\$ |\/usr\/|(?:docker|podman|buildah|helm|skopeo|oras|crane) \w)/;
// A shell under `set -x` shows what a command substitution caught as an assignment.
const TRACED_PUSH = /^\+{2,4} .{0,400}\b(?:push|publish|copy)\b/;
const TRACED_RESULT = /^\+{1,3} \w{1,60}=/;
const BLAMED_PULL =
  /^ ?> (?:\[[^\]]{1,100}\] )?(?:pulling image|booting buildkit|load metadata for|FROM |importing cache|resolve )/;
const BLAMED_RUN = /^ ?> \[[^\]]{0,200}\] RUN /;
const FINAL_ERROR = /^(?:##\[error\]|ERROR: |error: |Error: |failed to solve)/;

/**
 * BuildKit numbers its vertices and, at the end, names the ones that failed between
 * rulers. Fetching a base image is no push, and a RUN instruction's text is not ours.
 */
class OutputSorter {
  private last: Sort = "push";
  private ruled: "outside" | "opened" | "vertex" | "build" = "outside";
  private readonly pulls = new Set<string>();
  private readonly pushes = new Set<string>();
  private pulling = false;
  private traced = false;
  private blamed: "nobody" | "pull" | "push" = "nobody";

  classify(line: LogLine): Sort {
    // A continuation belongs to the message above it, whatever it says.
    if (!line.continues) this.last = this.classifyMessage(line.text);
    return this.last;
  }

  private classifyMessage(text: string): Sort {
    if (text === "------") this.ruled = this.ruled === "outside" ? "opened" : "outside";
    if (/^-{6,}$/.test(text)) return "noise";
    if (this.ruled === "opened") this.readBlame(text);
    if (this.ruled === "build" || this.isBuildOutput(text)) return "build";
    if (this.isCaught(text)) return "push";
    if (this.isPull(text) || ECHOED.test(text) || SOURCE_LINE.test(text)) return "noise";
    return /^(?:##\[warning\]|Warning: |WARN\[)/.test(text) ? "warning" : "push";
  }

  private readBlame(text: string): void {
    this.ruled = BLAMED_RUN.test(text) ? "build" : /^ ?> /.test(text) ? "vertex" : "outside";
    if (this.ruled === "outside") return;
    const pull = BLAMED_PULL.test(text) && this.blamed !== "push";
    this.blamed = pull ? "pull" : "push";
  }

  /** From an echoed `docker pull` to the next command, what the tool says is about the pull. */
  private isInPull(text: string): boolean {
    if (PULL_STARTS.test(text)) this.pulling = true;
    else if (this.pulling) this.pulling = !PULL_OVER.test(text) && !PUSH_STARTS.test(text);
    return this.pulling;
  }

  private isBuildOutput(text: string): boolean {
    const pushing = PUSH_VERTEX.exec(text)?.[1];
    if (pushing !== undefined) this.pushes.add(pushing);
    if (text.includes(BUILD_FAILED)) return true;
    return BUILD_OUTPUT.test(text) && !this.pushes.has(VERTEX.exec(text)?.[1] ?? "");
  }

  private isCaught(text: string): boolean {
    const caught = this.traced && TRACED_RESULT.test(text);
    if (text.startsWith("+")) this.traced = TRACED_PUSH.test(text);
    return caught;
  }

  private isPull(text: string): boolean {
    if (this.isInPull(text)) return true;
    const started = PULL_VERTEX.exec(text)?.[1];
    if (started !== undefined) this.pulls.add(started);
    const vertex = VERTEX.exec(text)?.[1];
    if (vertex !== undefined) return this.pulls.has(vertex);
    return this.blamed === "pull" && FINAL_ERROR.test(text);
  }
}

/** Sorts a step's output; linear in its length. */
export function readPushOutput(step: Step): PushOutput {
  const sorter = new OutputSorter();
  const sorted: Record<Sort, LogLine[]> = { push: [], build: [], warning: [], noise: [] };
  for (const line of step.output) sorted[sorter.classify(line)].push(line);
  const attempts = afterLastMark(
    sorted.push,
    (line) => RETRY_MARK.test(line.text) && !DOCKER_LAYER_RETRY.test(line.text),
  ).filter((line) => !RETRY_MARK.test(line.text) || DOCKER_LAYER_RETRY.test(line.text));
  const lines = afterLastMark(attempts, (line) => PUSH_STARTS.test(line.text));
  return {
    lines,
    text: lines.map((line) => line.text).join("\n"),
    buildLines: sorted.build,
    warnings: sorted.warning,
  };
}

const PUSH_CONTEXT =
  /The push refers to (?:a )?repository \[|pushing (?:layers|manifest)|failed to push |\/blobs\/uploads|exporting to image|Logging into|Pushing image|Getting image source signatures|(?:docker|podman|buildah|helm|oras|crane) push|skopeo copy/;

/** A script of unknown purpose counts as a push only if a push tool spoke in it. */
export function hasPushContext(step: Step): boolean {
  return step.output.some((line) => PUSH_CONTEXT.test(line.text) && !BUILD_OUTPUT.test(line.text));
}

const PUSH_DONE =
  /: digest: sha256:[0-9a-f]{64} size:|pushing manifest for \S{1,300} .{0,30}done$|^Writing manifest to image destination|^Pushed: \S|^pushed blob|DONE \d/;

/** True if the step reports a finished push. */
export function reportsSuccess(step: Step): boolean {
  return step.failedAt === null && step.output.some((line) => PUSH_DONE.test(line.text));
}
