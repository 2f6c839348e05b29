import { stat } from "node:fs/promises";
import { join } from "node:path";
import { findUnbuildable } from "../domain/buildable-platforms.ts";
import {
  CONFIGURATION_PATH,
  DEFAULT_ROUTE,
  parseConfiguration,
  type Route,
} from "../domain/configuration.ts";
import { askText } from "./ask.ts";
import type { CommandIo } from "./command-io.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import { type GitRepository, readGitRepository } from "./git-repository.ts";
import { readOrNull } from "./init-plan.ts";
import { placeWithin } from "./place-within.ts";
import {
  DEFAULT_PLATFORMS,
  findProblem,
  renderConfiguration,
  splitList,
  type StartingAnswers,
} from "./starting-configuration.ts";
import { STARTING_PATHS } from "./starting-files.ts";

export interface InitOptions {
  readonly image?: string;
  readonly platforms?: string;
  readonly branches?: string;
  readonly githubUrl?: string;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly full?: boolean;
  readonly json?: boolean;
}

export interface RepositoryDirectory extends GitRepository {
  /** The configuration that is there; null where there is none. */
  readonly configuration: string | null;
}

/** What is known of the directory. Refuses what cannot be meant. */
export async function readDirectory(
  directory: string,
  sites: readonly string[],
): Promise<RepositoryDirectory> {
  const isDirectory = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) {
    throw new CommandProblem(`“${directory}” is not a directory.`);
  }
  if (/"name": "merge-relay"/.test((await readOrNull(join(directory, "package.json"))) ?? "")) {
    throw new CommandProblem(
      "This is merge-relay's own directory. Name your repository: merge-relay init ../my-repository",
      EXIT.usage,
    );
  }
  const repository = await readGitRepository(directory, sites);
  if (repository.rootAbove !== null) {
    throw new CommandProblem(
      `“${directory}” lies inside a repository, and GitHub reads workflows at its root alone. Name that: merge-relay init ${repository.rootAbove}`,
      EXIT.usage,
    );
  }
  // All of them before the first question, which would be in vain.
  for (const path of STARTING_PATHS) await placeWithin(directory, path);
  const configuration = await readOrNull(await placeWithin(directory, CONFIGURATION_PATH));
  return { configuration, ...repository };
}

/** The configuration's text, and the platforms that it names. */
export interface Answers {
  readonly configuration: string;
  readonly platforms: readonly string[];
}

/**
 * Takes the answers from the options, else from a person, else (with --yes) from what can be proposed.
 * A configuration that is there and sound stays as it is, unless an option asks for another.
 */
export async function answerQuestions(
  io: CommandIo,
  options: InitOptions,
  repository: RepositoryDirectory,
): Promise<Answers> {
  const { image, platforms, branches } = options;
  const asksForAnother = [image, platforms, branches].some((option) => option !== undefined);
  if (repository.configuration !== null && !asksForAnother) {
    return keepConfiguration(repository.configuration);
  }
  const answers: StartingAnswers = {
    image: await answerImage(io, options, repository),
    platforms: await answerPlatforms(io, options),
    branches: await answerBranches(io, options, repository),
  };
  return { configuration: renderConfiguration(answers), platforms: answers.platforms };
}

function keepConfiguration(text: string): Answers {
  const parsed = parseConfiguration(text);
  if (parsed.kind === "valid") {
    const { routes } = parsed.configuration;
    refuseUnbuildable(text, routes);
    const platforms = routes.flatMap((route) => route.platforms ?? []);
    return {
      configuration: text,
      platforms: platforms.length === 0 ? DEFAULT_PLATFORMS : platforms,
    };
  }
  const lines = parsed.problems.map(
    ({ line, path, message }) => `  line ${line}: ${path} ${message}`,
  );
  throw new CommandProblem(
    `${CONFIGURATION_PATH} is there, but merge-relay cannot use it:\n${lines.join("\n")}\nMend it, or begin anew with --image NAME --force.`,
  );
}

/** A workflow of the repository's own, or another's, may build what the one that comes along cannot. */
function refuseUnbuildable(text: string, routes: readonly Route[]): void {
  for (const { builder, workflow, platforms } of routes) {
    if (builder !== null || workflow !== DEFAULT_ROUTE.workflow) continue;
    const found = findUnbuildable(platforms ?? []);
    if (found === null) continue;
    const line = text.split("\n").findIndex((each) => each.includes(found.platform)) + 1;
    const hint = found.suggestion === null ? "" : ` (perhaps ${found.suggestion})`;
    throw new CommandProblem(
      `${CONFIGURATION_PATH}, line ${line}: ${found.message}${hint}. Mend it; or name a workflow of your own in the route (\`workflow:\`) that builds it.`,
    );
  }
}

async function answerImage(
  io: CommandIo,
  options: InitOptions,
  { fullName, host }: RepositoryDirectory,
): Promise<string | null> {
  const proposal = fullName === null ? "" : `${registryOf(host)}/${fullName.toLowerCase()}`;
  const answering = { io, options, proposal, refuse: refuseImage };
  const answer = await answerOne(answering, options.image, {
    message: "Which image? (without a tag; empty: ghcr.io/<owner>/<repository>)",
    option: "--image NAME",
  });
  return answer === "" ? null : answer;
}

/** GitHub Enterprise has its packages at its own site. */
function registryOf(host: string | null): string {
  return host === null || host === "github.com" ? "ghcr.io" : `containers.${host}`;
}

async function answerPlatforms(io: CommandIo, options: InitOptions): Promise<string[]> {
  const proposal = DEFAULT_PLATFORMS.join(",");
  const answering = { io, options, proposal, refuse: refusePlatforms };
  const answer = await answerOne(answering, options.platforms, {
    message: "For which platforms? (joined by commas)",
    option: "--platforms LIST",
  });
  return splitList(answer);
}

async function answerBranches(
  io: CommandIo,
  options: InitOptions,
  { defaultBranch }: RepositoryDirectory,
): Promise<string[] | null> {
  const answering = { io, options, proposal: defaultBranch ?? "", refuse: refuseBranches };
  const answer = await answerOne(answering, options.branches, {
    message: "Merged into which branches? (joined by commas; empty: the default branch)",
    option: "--branches LIST",
  });
  const branches = splitList(answer);
  return branches.length === 0 ? null : branches;
}

function refuseImage(image: string): string | undefined {
  return image === "" ? undefined : findProblem({ image });
}

function refusePlatforms(text: string): string | undefined {
  return findProblem({ platforms: splitList(text) });
}

function refuseBranches(text: string): string | undefined {
  const branches = splitList(text);
  return branches.length === 0 ? undefined : findProblem({ branches });
}

interface Answering {
  readonly io: CommandIo;
  readonly options: InitOptions;
  readonly proposal: string;
  readonly refuse: (answer: string) => string | undefined;
}

async function answerOne(
  { io, options, proposal, refuse }: Answering,
  given: string | undefined,
  { message, option }: { readonly message: string; readonly option: string },
): Promise<string> {
  if (given === undefined && options.yes !== true) {
    return askText(io, { message, proposal, option: `${option}, or --yes`, refuse });
  }
  const answer = given ?? proposal;
  const problem = refuse(answer);
  if (problem === undefined) return answer;
  throw new CommandProblem(`${option.split(" ")[0]} “${answer}”: ${problem}.`, EXIT.usage);
}
