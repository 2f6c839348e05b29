import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { formatList } from "./api/dispatch-text.ts";
import { findRepository, isDispatchId, parseDispatchId, pathOf } from "./api/named-repository.ts";
import { createPaint } from "./api/paint.ts";
import { askOrEnd } from "./api/refusal.ts";
import type { RelayCall } from "./api/relay.ts";
import {
  WATCH_EXIT_CODES,
  openSession,
  type Session,
  type SessionOptions,
  SIGN_IN_HELP,
  withSession,
} from "./api/session.ts";
import { followTaken, showTaken, withDispatches } from "./api/show-taken.ts";
import type { Watched } from "./api/watch.ts";
import { askConsent } from "./ask.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import type { Cli } from "./program.ts";

/** `merge-relay replay`: builds once more what has ended, one dispatch or all that fit a filter. */

const HELP = `
With an id: that dispatch, once more. Without: what failed or was exhausted and fits the filter. Those are
shown first, and ordered after a yes; where there is no terminal, with --yes alone.
${SIGN_IN_HELP}
Examples
  merge-relay replay acme/app mr-1a2b-01kav5j8x3qz8w5n4t7r2m9c6d --watch
  merge-relay replay acme/app --since 2026-11-24T08:00:00Z --dry-run
  merge-relay replay acme/app --state exhausted --route app --yes --reason "registry is back"
${WATCH_EXIT_CODES}`;

interface Options extends SessionOptions {
  readonly state?: string;
  readonly pullRequest?: string;
  readonly route?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly idempotencyKey?: string;
  readonly watch?: boolean;
}

/** Adds `replay` to the program. */
export function registerReplay(program: Command, cli: Cli): void {
  const command = program
    .command("replay")
    .description("build once more what has ended")
    .argument("[what...]", "[owner/repo] [DISPATCH-ID]")
    .option("--state <states>", "by filter: in these states (default: exhausted,failed)")
    .option("--pull-request <number>", "by filter: of this pull request")
    .option("--route <name>", "by filter: of this route")
    .option("--since <time>", "by filter: newer ones, a day or a time such as 2026-11-24T08:00:00Z")
    .option("--until <time>", "by filter: older ones")
    .option("--limit <number>", "by filter: how many at most, up to 100 (default: 30)")
    .option("--reason <text>", "why; it is kept in the history")
    .option("--dry-run", "by filter: show what fits, and do nothing")
    .option("--yes", "by filter: do not ask")
    .option("--idempotency-key <key>", "the same key is the same order (default: a random one)")
    .option("--watch", "follow them until each image is published or is not");
  withSession(command)
    .addHelpText("after", HELP)
    .action((words: string[], options: Options) => run(words, options, cli));
}

async function run(words: readonly string[], options: Options, cli: Cli): Promise<void> {
  const { repository: given, id } = readWords(words);
  if (id !== null) refuseFilter(options);
  const filter = readFilter(options);
  const repository = await findRepository(given);
  const session = await openSession(cli.io, options);
  const dispatches =
    id === null
      ? await replayMany(session, repository, { options, filter })
      : await replayOne(session, repository, { id, options });
  if (dispatches === null) return;
  if (options.watch !== true || dispatches.length === 0) return showTaken(session, dispatches);
  await followTaken(cli, session, { repository, dispatches });
}

function readWords(words: readonly string[]): {
  repository: string | undefined;
  id: string | null;
} {
  const [first, second, ...rest] = words;
  if (rest.length > 0) throw new CommandProblem("Those are too many arguments.", EXIT.usage);
  if (second !== undefined) return { repository: first, id: parseDispatchId(second) };
  return first !== undefined && isDispatchId(first)
    ? { repository: undefined, id: first }
    : { repository: first, id: null };
}

const FILTERS = ["state", "pullRequest", "route", "since", "until", "limit", "dryRun"] as const;

function refuseFilter(options: Options): void {
  if (FILTERS.every((name) => options[name] === undefined)) return;
  throw new CommandProblem("A dispatch by its id needs no filter and no --dry-run.", EXIT.usage);
}

function readFilter({ state, pullRequest, route, since, until, limit, reason }: Options): object {
  return {
    states: state === undefined ? undefined : [...new Set(state.split(/[\s,]+/))],
    pull_request: toNumber("--pull-request", pullRequest),
    route,
    since,
    until,
    limit: toNumber("--limit", limit),
    reason,
  };
}

function toNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^#?\d{1,10}$/.test(text)) return Number(text.replace("#", ""));
  throw new CommandProblem(`${option} takes a number, not “${text}”.`, EXIT.usage);
}

async function replayOne(
  session: Session,
  repository: string,
  { id, options }: { id: string; options: Options },
): Promise<readonly Watched[]> {
  const call = order(repository, `/dispatches/${id}/replay`, { reason: options.reason }, options);
  const about = `the dispatch ${id} in ${repository}`;
  return (await askOrEnd(session, call, { schema: withDispatches, about })).shown.dispatches;
}

/** Null when nothing was ordered, which has been said. */
async function replayMany(
  session: Session,
  repository: string,
  { options, filter }: { options: Options; filter: object },
): Promise<readonly Watched[] | null> {
  const ask = async (dryRun: boolean) => {
    const call = order(repository, "/replay", { ...filter, dry_run: dryRun }, options);
    const answer = await askOrEnd(session, call, { schema: withDispatches, about: repository });
    return answer.shown.dispatches;
  };
  if (options.yes !== true || options.dryRun === true) {
    const fitting = await ask(true);
    const mayGoOn = await consent(session, fitting, options);
    if (!mayGoOn) return null;
  }
  return ask(false);
}

async function consent(
  session: Session,
  fitting: readonly Watched[],
  { dryRun }: Options,
): Promise<boolean> {
  const { io, json } = session;
  const list = formatList(
    fitting.map(({ shown }) => shown),
    createPaint(io.colour && !json),
  );
  if (fitting.length === 0 || dryRun === true) {
    if (json) showTaken(session, fitting);
    else io.writeOut(fitting.length === 0 ? "Nothing fits.\n" : list);
    return false;
  }
  io.writeError(list);
  const message = `Build ${fitting.length === 1 ? "this" : `these ${fitting.length}`} once more?`;
  if (await askConsent(io, { message, option: "--yes" })) return true;
  throw new CommandProblem("Nothing was ordered.");
}

function order(
  repository: string,
  path: string,
  body: object,
  { idempotencyKey }: Options,
): RelayCall {
  return {
    method: "POST",
    path: pathOf(repository, path),
    body,
    idempotencyKey: idempotencyKey ?? randomUUID(),
  };
}
