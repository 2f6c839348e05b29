/** What the program's exit codes mean; the commands say more in their own help. */
export const EXIT = {
  /** The command did what was asked; a report without findings. */
  done: 0,
  /** It could not be done, the report has findings, or a build that was watched published nothing. */
  failed: 1,
  /** The arguments are wrong, or a question needs an option where nobody can answer. */
  usage: 2,
  /** Ended by the person at the terminal (Ctrl+C, at a question Ctrl+D too); a build that was watched goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table for the program's help. */
export const EXIT_CODES_HELP = `
Exit codes
  0    done; for a report: nothing found
  1    failed, an input cannot be read, the report has findings, or an image was not published
  2    wrong arguments, or a question without a terminal to ask it
  130  interrupted (Ctrl+C, or Ctrl+D at a question)
`;
