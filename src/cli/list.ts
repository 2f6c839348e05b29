import { type Command, Option } from "commander";
import * as v from "valibot";
import { STATES } from "../domain/dispatch-state.ts";
import { pageSchema, type ShownDispatch } from "./api/answers.ts";
import { formatList } from "./api/dispatch-text.ts";
import { findRepository, pathOf } from "./api/named-repository.ts";
import { createPaint } from "./api/paint.ts";
import { askOrEnd } from "./api/refusal.ts";
import type { RelayCall } from "./api/relay.ts";
import { toSafeJson } from "./api/safe-json.ts";
import {
  API_EXIT_CODES,
  openSession,
  type Session,
  type SessionOptions,
  SIGN_IN_HELP,
  withSession,
} from "./api/session.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import type { Cli } from "./program.ts";

/** `merge-relay list`: dispatches of one repository, or of all that the caller maintains. */

const HELP = `
Newest first: when, state, what, route (generation), who, id.
${SIGN_IN_HELP}
Examples
  merge-relay list acme/app
  merge-relay list acme/app --state failed --all
  merge-relay list --pull-request 12                     in a clone of the repository
  merge-relay list --everywhere --state exhausted --since 2026-11-01
  merge-relay list acme/app --json | jq -r '.dispatches[].run_url'
${API_EXIT_CODES}`;

interface Options extends SessionOptions {
  readonly everywhere?: boolean;
  readonly state?: string;
  readonly pullRequest?: string;
  readonly route?: string;
  readonly actor?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly cursor?: string;
  readonly all?: boolean;
}

/** Adds `list` to the program. */
export function registerList(program: Command, cli: Cli): void {
  const command = program
    .command("list")
    .description("list dispatches, newest first")
    .argument("[owner/repo]", "the repository (default: the git remote of this directory)")
    .option("--everywhere", "of every repository in which you have the role")
    .addOption(new Option("--state <state>", "only those in this state").choices(STATES))
    .option("--pull-request <number>", "only those of this pull request")
    .option("--route <name>", "only those of this route")
    .option("--actor <login>", "only those of whoever merged or asked")
    .option("--since <time>", "only newer ones: a day, or a time such as 2026-11-24T08:00:00Z")
    .option("--until <time>", "only older ones")
    .option("--limit <number>", "how many at once, at most 100 (default: 30)")
    .option("--cursor <cursor>", "go on where a page ended")
    .option("--all", "every page");
  withSession(command)
    .addHelpText("after", HELP)
    .action((repository: string | undefined, options: Options) => run(repository, options, cli));
}

async function run(given: string | undefined, options: Options, { io }: Cli): Promise<void> {
  const { everywhere = false, pullRequest } = options;
  const isSearch =
    everywhere || [options.actor, options.since, options.until].some((one) => one !== undefined);
  if (isSearch && pullRequest !== undefined) {
    throw new CommandProblem(
      "--pull-request does not go with --everywhere, --actor, --since and --until.",
      EXIT.usage,
    );
  }
  if (everywhere && given !== undefined) {
    throw new CommandProblem("Name a repository, or --everywhere, not both.", EXIT.usage);
  }
  const repository = everywhere ? null : await findRepository(given);
  const session = await openSession(io, options);
  const call = isSearch ? searchCall(repository, options) : listCall(repository ?? "", options);
  const about = repository ?? "your repositories";
  show(session, await readPages(session, call, { about, all: options.all === true }));
}

function listCall(repository: string, options: Options): RelayCall {
  const { state, route, pullRequest, limit, cursor } = options;
  const number = pullRequest?.replace(/^#/, "");
  const query = { state, route, pull_request: number, limit, cursor };
  return { method: "GET", path: pathOf(repository, "/dispatches"), query: atMost(query, options) };
}

function searchCall(repository: string | null, options: Options): RelayCall {
  const { state, route, actor, since, until, limit, cursor } = options;
  const about = { repository: repository ?? undefined, state, route, actor, since, until };
  return {
    method: "GET",
    path: "/dispatches",
    query: atMost({ ...about, limit, cursor }, options),
  };
}

/** Every page at its largest, where all of them are wanted. */
function atMost<Query extends { limit: string | undefined }>(
  query: Query,
  { all }: Options,
): Query {
  return all === true ? { ...query, limit: query.limit ?? "100" } : query;
}

interface Pages {
  readonly shown: readonly ShownDispatch[];
  readonly bodies: readonly unknown[];
  readonly cursor: string | null;
}

const rawPage = v.object({ dispatches: v.array(v.unknown()) });

async function readPages(
  session: Session,
  first: RelayCall,
  { about, all }: { about: string; all: boolean },
): Promise<Pages> {
  const shown: ShownDispatch[] = [];
  const bodies: unknown[] = [];
  let call = first;
  for (;;) {
    const page = await askOrEnd(session, call, { schema: pageSchema, about });
    shown.push(...page.shown.dispatches);
    bodies.push(...v.parse(rawPage, page.body).dispatches);
    const { next_cursor: cursor } = page.shown;
    if (!all || cursor === null) return { shown, bodies, cursor };
    call = { ...first, query: { ...first.query, cursor } };
  }
}

function show({ io, json }: Session, { shown, bodies, cursor }: Pages): void {
  if (json) return io.writeOut(toSafeJson({ dispatches: bodies, next_cursor: cursor }));
  if (shown.length === 0) return io.writeOut("No dispatch fits.\n");
  io.writeOut(formatList(shown, createPaint(io.colour)));
  if (cursor !== null) io.writeError(`There are more: --cursor ${cursor}, or --all.\n`);
}
