/**
 * Walks over the App's installations and visits their repositories, so that a repository of which
 * GitHub never told anything has a ledger that looks for its merges.
 */
import type { RepositoryPage } from "../../domain/app-github.ts";
import { isOwnerAllowed } from "../../domain/allowed-owners.ts";
import type { Later } from "../../domain/outcome.ts";
import { nextAttemptAt } from "../../domain/retry.ts";
import { silentUntil, waitAfter } from "./app-silence.ts";
import { bounded, inGroups } from "./bounded.ts";
import type { Round, SweepContext } from "./sweep-context.ts";
import type { Todo } from "./todo-store.ts";
import { isPushedSince, isSmall, isVisited } from "./visit-rule.ts";

/** Each is a page, and of repositories a token and up to a hundred visits. */
const STEPS_PER_ROUND = 6;
/** At once: a runtime opens at most six connections per invocation. */
const VISITS_AT_ONCE = 6;
const VISIT_TIMEOUT_MS = 5_000;
/** So often an installation is asked about in one walk before it is left to the next. */
const TRIES = 3;
/** A page of an installation's repositories, each with its visit. */
const VISITS_PER_PAGE = 100;
const RETRY_BASE_MS = 30_000;
/** Each visit after a push lets a ledger ask GitHub: 120 a minute, of the 900 that GitHub allows. */
const SCAN_PACE_MS = 500;
/** So much of an installation's hour is left to its merges. */
const RESERVED = 0.3;

/** Goes on with the walk. Returns when it wants to go on, or null. */
export async function walkInstallations(
  context: SweepContext,
  round: Round,
): Promise<number | null> {
  const { todo, clock } = context;
  for (let step = 0; step < STEPS_PER_ROUND && !round.isOver(); step++) {
    const ready = todo.ready(clock.now());
    const until = listsFrom(context);
    if (ready === null && (until === null || until > clock.now())) break;
    if (ready !== null && round.callsLeft() < VISITS_PER_PAGE) break;
    round.renewLease();
    // What is listed comes first: so the list of what is to do stays as short as a page.
    await (ready === null ? listPage(context) : visitPage(context, round, ready));
  }
  const times = [todo.nextAt(), listsFrom(context)].filter((time) => time !== null);
  return times.length === 0 ? null : Math.max(clock.now(), Math.min(...times));
}

/** When the list of installations may go on; null when it is through. */
function listsFrom(context: SweepContext): number | null {
  const { page, retryAt } = context.progress.get("installations");
  return page === null ? null : Math.max(retryAt, silentUntil(context) ?? 0);
}

async function listPage(context: SweepContext): Promise<void> {
  const { github, progress, todo, clock, settings, log } = context;
  const { page, tries } = progress.get("installations");
  if (page === null) return;
  const answer = await github.installations(page);
  if (answer.kind === "ok") {
    const { installations, hasNext } = answer.value;
    const walked = installations.filter(
      (one) => !one.suspended && isOwnerAllowed(settings.policy, one),
    );
    for (const installation of walked) todo.add(installation, clock.now());
    progress.update("installations", { page: hasNext ? page + 1 : null, tries: 0, retryAt: 0 });
    return;
  }
  const cause = answer.kind === "refused" ? answer.reason : answer.cause;
  const later: Later =
    answer.kind === "later" ? answer : { kind: "later", notBeforeMs: null, cause };
  if (later.unasked === true) return;
  const retryAt = waitAfter(context, later, tries + 1);
  log.warn("walk.postponed", { cause, tries: tries + 1, until: new Date(retryAt).toISOString() });
  progress.update("installations", { tries: tries + 1, retryAt });
}

async function visitPage(context: SweepContext, round: Round, todo: Todo): Promise<void> {
  const answer = await context.github.repositoriesOf(todo.installationId, todo.page);
  switch (answer.kind) {
    case "ok":
      return visitEach(context, round, todo, answer.value);
    case "later":
      return postpone(context, todo, answer);
    case "absent":
      return leaveOut(context, todo, answer.cause);
    case "refused":
      return leaveOut(context, todo, answer.reason);
  }
}

async function visitEach(
  context: SweepContext,
  round: Round,
  todo: Todo,
  page: RepositoryPage,
): Promise<void> {
  const { ledger, log, settings, clock } = context;
  const { quota } = page;
  if (quota !== null && quota.remaining < quota.limit * RESERVED) {
    const cause = "quota-left-to-merges";
    return postpone(context, todo, { kind: "later", notBeforeMs: quota.resetAtMs, cause });
  }
  const walkedAt = context.todo.walkedAt(todo.installationId);
  const counts = { installations: context.todo.installations(), repositories: page.total };
  const walk = {
    begunAt: todo.begunAt,
    walkedAt,
    intervalMs: settings.scanIntervalMs,
    isSmall: isSmall(counts, settings.fewInstallations),
  };
  const visited = page.repositories.filter((one) => isVisited(one, walk));
  let missed = 0;
  const visit = async ({ repository, pushedAtMs }: (typeof visited)[number]): Promise<void> => {
    const push = walk.isSmall ? {} : { pushedAtMs };
    const news = { repository, installedAtMs: todo.installedAt, ...push };
    const done = await bounded(() => ledger(repository.id).visit(news), VISIT_TIMEOUT_MS);
    if (done.kind === "done") return;
    missed += 1;
    log.warn("walk.visit-failed", { repository_id: repository.id, cause: done.cause });
  };
  await inGroups(visited, VISITS_AT_ONCE, visit, round.renewLease);
  const since = walkedAt ?? todo.installedAt;
  const scans = visited.filter(({ pushedAtMs }) => isPushedSince(pushedAtMs, since)).length;
  goOn(context, todo, {
    missed,
    hasNext: page.hasNext,
    notBeforeMs: scans < VISITS_AT_ONCE ? 0 : clock.now() + scans * SCAN_PACE_MS,
  });
}

function goOn(
  context: SweepContext,
  todo: Todo,
  about: { missed: number; hasNext: boolean; notBeforeMs: number },
): void {
  const { missed, hasNext, notBeforeMs } = about;
  if (hasNext) context.todo.nextPage(todo, missed, notBeforeMs);
  // After a visit that failed the next walk counts from the last one: nobody misses a turn.
  else if (todo.missed + missed > 0) context.todo.drop(todo);
  else context.todo.finish(todo);
}

/** GitHub's limit for one installation holds up that one only. */
function postpone(context: SweepContext, todo: Todo, later: Later): void {
  if (later.unasked === true) return;
  const { clock, log } = context;
  const { notBeforeMs, cause } = later;
  const tries = notBeforeMs === null ? todo.tries + 1 : todo.tries;
  if (tries >= TRIES) return leaveOut(context, todo, cause);
  const wait = { baseMs: RETRY_BASE_MS, attempt: tries, draw: clock.draw(), notBeforeMs };
  context.todo.retry(todo, tries, nextAttemptAt(clock.now(), wait));
  log.warn("walk.postponed", { installation_id: todo.installationId, cause, tries });
}

function leaveOut(context: SweepContext, todo: Todo, cause: string): void {
  context.log.warn("walk.left-out", { installation_id: todo.installationId, cause });
  context.todo.drop(todo);
}
