/** What the program's exit codes mean; `diagnose` and `lint` say more in their own help. */
export const EXIT = {
  /** The command did what was asked; a report without findings. */
  done: 0,
  /** It could not be done, or the report has findings. */
  failed: 1,
  /** The arguments are wrong, or a question needs an option where nobody can answer. */
  usage: 2,
  /** Ended by the person at the terminal (Ctrl+C). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table for the program's help. */
export const EXIT_CODES_HELP = `
Exit codes
  0    done; for a report: nothing found
  1    failed, an input cannot be read, or the report has findings
  2    wrong arguments, or a question without a terminal to ask it
  130  interrupted at a question (Ctrl+C)
`;
