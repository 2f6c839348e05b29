import type { Command } from "commander";
import type { InitOptions } from "./init-answers.ts";
import type { Cli } from "./program.ts";

/** `merge-relay init`: puts the workflows and a configuration into a repository. */

const HELP = `
What is there already is never replaced without a question or --force: the difference is shown. It can
be run again at any time; files that are as they should be stay untouched.

Examples
  merge-relay init ../my-repository
  merge-relay init --yes                                  take what is proposed, ask nothing
  merge-relay init --yes --image ghcr.io/acme/app --platforms linux/amd64 --branches main,release/*
  merge-relay init --dry-run --full                       show every line, write nothing

Exit codes
  0    all files are there
  1    a file differs and was kept, or could not be written
  2    wrong arguments, or a question without a terminal to ask it
  130  interrupted at a question
`;

/** Adds `init` to the program. */
export function registerInit(program: Command, cli: Cli): void {
  program
    .command("init")
    .description("put the two workflows and a configuration into a repository")
    .argument("[directory]", "the repository's root", ".")
    .option("--image <name>", "without a tag (proposed: ghcr.io/<owner>/<repository>)")
    .option("--platforms <list>", "joined by commas (proposed: linux/amd64,linux/arm64)")
    .option(
      "--branches <list>",
      "that pull requests are merged into (proposed: the default branch)",
    )
    .option("--github-url <address>", "of a GitHub Enterprise (default: GITHUB_WEB_URL)")
    .option("-y, --yes", "take what is proposed and ask nothing; still replaces nothing")
    .option("--force", "replace files that differ")
    .option("--dry-run", "show what would be written, write nothing")
    .option("--full", "show every line of new files")
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", HELP)
    .action(async (directory: string, options: InitOptions) =>
      (await import("./init-run.ts")).runInit(directory, options, cli),
    );
}
