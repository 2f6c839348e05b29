import { type Command, Option } from "commander";
import type { Finding } from "../doctor/lint/finding.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import { allowJsonOfActionsPackages } from "./json-modules.ts";
import { formatFindings } from "./lint-format.ts";
import type { Cli } from "./program.ts";
import { readWorkflowGroup, type WorkflowGroup } from "./workflow-flow.ts";

/** `merge-relay lint`: what in a repository's workflows lets a pull request push, or a push fail. */

const HELP = `
Rules
  push-from-pull-request    an image is pushed from a pull request, and no condition keeps forks out
  untrusted-checkout        pull_request_target (or alike) checks out the pull request's code
  script-injection          a title, branch name or comment becomes part of a script (an input may carry it)
  pull-request-release-tag  a pull request's image gets a tag such as latest
  missing-packages-write    a push to ghcr.io with GitHub's token, without packages: write
  default-permissions       no permissions: block, so the settings decide
  workflow-syntax           GitHub's parser complains

Examples
  merge-relay lint                                  this repository
  merge-relay lint ../one ../two/.github/workflows/publish.yml
      of a file: what it calls is read with it, and told of; its callers are read alone
  merge-relay lint --format sarif > lint.sarif      for github/codeql-action/upload-sarif

Exit codes
  0  nothing found
  1  something found, or a file cannot be read
  2  wrong arguments
`;

interface Options {
  readonly format: "text" | "json" | "sarif";
  readonly json?: boolean;
}

/** Adds `lint` to the program. */
export function registerLint(program: Command, cli: Cli): void {
  program
    .command("lint")
    .description("find what lets a pull request push an image, or a push fail")
    .argument("[paths...]", "repositories or workflow files (default: this directory)")
    .addOption(
      new Option("--format <format>", "of the findings")
        .choices(["text", "json", "sarif"])
        .default("text"),
    )
    .option("--json", "the same as --format json")
    .addHelpText("after", HELP)
    .action((paths: string[], options: Options) =>
      run(paths.length === 0 ? ["."] : paths, options, cli),
    );
}

async function run(paths: readonly string[], options: Options, cli: Cli): Promise<void> {
  const groups = await Promise.all(paths.map(readWorkflowGroup));
  const empty = paths.find((_, index) => groups[index]?.files.length === 0);
  if (empty !== undefined) {
    throw new CommandProblem(`There is no workflow in “${empty}” (looked in .github/workflows).`);
  }
  const { findings, files } = await lintGroups(groups);
  cli.io.writeOut(await format(findings, files, { ...options, colour: cli.io.colour }));
  cli.setExitCode(findings.length === 0 ? EXIT.done : EXIT.failed);
}

/** Each path is a repository of its own, or a file of one, whose workflows call one another. */
async function lintGroups(
  groups: readonly WorkflowGroup[],
): Promise<{ findings: Finding[]; files: number }> {
  allowJsonOfActionsPackages();
  const [{ lintWorkflows }, { isActionFile }] = await Promise.all([
    import("../doctor/lint/lint.ts"),
    import("../doctor/lint/read-action.ts"),
  ]);
  const findings = groups.flatMap(({ files, subjects }) =>
    lintWorkflows(files).filter(({ file }) => subjects.has(file)),
  );
  const read = groups.flatMap(({ subjects }) => [...subjects]);
  return { findings, files: read.filter((file) => !isActionFile(file)).length };
}

async function format(
  findings: readonly Finding[],
  files: number,
  { format: name, json, colour }: Options & { readonly colour: boolean },
): Promise<string> {
  switch (json === true ? "json" : name) {
    case "json":
      return `${JSON.stringify({ files, findings }, null, 2)}\n`;
    case "sarif": {
      const { toSarif } = await import("../doctor/lint/sarif.ts");
      return `${JSON.stringify(toSarif(findings), null, 2)}\n`;
    }
    case "text":
      return formatFindings(findings, { files, colour });
  }
}
