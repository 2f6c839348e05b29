import { EXIT, type ExitCode } from "./exit-code.ts";

/**
 * Ends a command with a sentence for the reader and an exit code. It is caught in one place, which
 * removes control characters and prints it; it must never carry a secret.
 */
export class CommandProblem extends Error {
  readonly exitCode: ExitCode;
  /** True when stdout has the JSON of this problem already. */
  readonly isInJson: boolean;

  constructor(message: string, exitCode: ExitCode = EXIT.failed, isInJson = false) {
    super(message);
    this.exitCode = exitCode;
    this.isInJson = isInJson;
  }
}
