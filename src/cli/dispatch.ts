import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import type * as v from "valibot";
import { plannedSchema } from "./api/answers.ts";
import { findRepository, pathOf } from "./api/named-repository.ts";
import { createPaint } from "./api/paint.ts";
import { formatPlan } from "./api/plan-text.ts";
import { askOrEnd } from "./api/refusal.ts";
import { toSafeJson } from "./api/safe-json.ts";
import {
  WATCH_EXIT_CODES,
  openSession,
  type Session,
  type SessionOptions,
  SIGN_IN_HELP,
  withSession,
} from "./api/session.ts";
import { followTaken, showTaken, withDispatches } from "./api/show-taken.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import type { Cli } from "./program.ts";

/** `merge-relay dispatch`: orders the build of a merge, a commit or a tag by hand. */

const HELP = `
What is under way already is shown and not ordered twice; what is over is built once more. A lost answer
is asked for again under the same Idempotency-Key, so that one command is one order.
${SIGN_IN_HELP}
Examples
  merge-relay dispatch acme/app --pull-request 12 --dry-run
  merge-relay dispatch acme/app --pull-request 12 --reason "base image fixed" --watch
  merge-relay dispatch --tag v1.4.0 --route app          in a clone of the repository
  merge-relay dispatch acme/app --sha "$(git rev-parse main)" --branch main --json
${WATCH_EXIT_CODES}`;

interface Options extends SessionOptions {
  readonly pullRequest?: string;
  readonly sha?: string;
  readonly branch?: string;
  readonly tag?: string;
  readonly route?: string;
  readonly reason?: string;
  readonly expectedSha?: string;
  readonly dryRun?: boolean;
  readonly idempotencyKey?: string;
  readonly watch?: boolean;
}

/** Adds `dispatch` to the program. */
export function registerDispatch(program: Command, cli: Cli): void {
  const command = program
    .command("dispatch")
    .description("order the build of a merge, a commit or a tag")
    .argument("[owner/repo]", "the repository (default: the git remote of this directory)")
    .option("--pull-request <number>", "a merged pull request")
    .option("--sha <commit>", "a commit, with --branch")
    .option("--branch <name>", "the branch that holds the commit")
    .option("--tag <name>", "a tag")
    .option("--route <name>", "only this route (default: every one that takes the commit)")
    .option("--reason <text>", "why; it is kept in the history")
    .option("--expected-sha <commit>", "order nothing if it would be another commit")
    .option("--dry-run", "say what would be done, with every rule, and do nothing")
    .option("--idempotency-key <key>", "the same key is the same order (default: a random one)")
    .option("--watch", "follow it until the image is published or is not");
  withSession(command)
    .addHelpText("after", HELP)
    .action((repository: string | undefined, options: Options) => run(repository, options, cli));
}

async function run(given: string | undefined, options: Options, cli: Cli): Promise<void> {
  const body = bodyOf(options);
  const repository = await findRepository(given);
  const session = await openSession(cli.io, options);
  const call = {
    method: "POST",
    path: pathOf(repository, "/dispatches"),
    body,
    idempotencyKey: options.idempotencyKey ?? randomUUID(),
  } as const;
  const about = `${aboutOf(options)} in ${repository}`;
  if (options.dryRun === true) {
    const { shown, body: answer } = await askOrEnd(session, call, { schema: plannedSchema, about });
    return showPlan(session, shown, answer);
  }
  const { shown } = await askOrEnd(session, call, { schema: withDispatches, about });
  if (options.watch !== true) return showTaken(session, shown.dispatches);
  await followTaken(cli, session, { repository, dispatches: shown.dispatches });
}

function showPlan(
  { io, json }: Session,
  { plan }: v.InferOutput<typeof plannedSchema>,
  body: unknown,
): void {
  io.writeOut(json ? toSafeJson(body) : formatPlan(plan, createPaint(io.colour)));
}

function bodyOf(options: Options): object {
  const { pullRequest, sha, branch, tag, route, reason, expectedSha, dryRun, watch } = options;
  const named = [pullRequest, sha ?? branch, tag].filter((one) => one !== undefined);
  if (named.length !== 1 || (sha === undefined) !== (branch === undefined)) {
    throw new CommandProblem(
      "Say one thing to build: --pull-request NUMBER, or --sha COMMIT with --branch NAME, or --tag NAME.",
      EXIT.usage,
    );
  }
  if (dryRun === true && watch === true) {
    throw new CommandProblem("A dry run orders nothing that --watch could follow.", EXIT.usage);
  }
  return {
    ...(pullRequest === undefined ? {} : { pull_request: toNumber(pullRequest) }),
    sha,
    branch,
    tag,
    route,
    reason,
    expected_sha: expectedSha,
    dry_run: dryRun,
  };
}

function toNumber(text: string): number {
  if (/^#?\d{1,10}$/.test(text)) return Number(text.replace("#", ""));
  throw new CommandProblem(`--pull-request takes a number, not “${text}”.`, EXIT.usage);
}

function aboutOf({ pullRequest, sha, tag }: Options): string {
  if (pullRequest !== undefined) return `pull request ${pullRequest}`;
  return tag === undefined ? `the commit ${sha ?? ""}` : `the tag ${tag}`;
}
