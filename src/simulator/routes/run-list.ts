import { json, type Answer } from "../answer.ts";
import { pageOf } from "../paging.ts";
import { presentRun } from "../represent/run.ts";
import type { RepositoryCall } from "../router.ts";
import type { Run, WorldState } from "../world/state.ts";

/** Seconds since 1970 of a search's moment; a plus sign may have become a blank on its way. */
function secondsOf(value: string): number {
  return Math.floor(Date.parse(value.replaceAll(" ", "+")) / 1000);
}

function inRange(from: string, to: string, second: number): boolean {
  const late = from === "*" || second >= secondsOf(from);
  return late && (to === "*" || second <= secondsOf(to));
}

/** GitHub's `created` search: `>=T`, `>T`, `<=T`, `<T`, `A..B`, or a day. */
function createdMatches(filter: string, at: number): boolean {
  const [, from, to] = /^(.+)\.\.(.+)$/.exec(filter) ?? [];
  const second = Math.floor(at / 1000);
  if (from !== undefined && to !== undefined) {
    return inRange(from, to, second);
  }
  const [, sign, moment = filter] = /^(>=|<=|>|<)(.+)$/.exec(filter) ?? [];
  switch (sign) {
    case ">=":
      return second >= secondsOf(moment);
    case ">":
      return second > secondsOf(moment);
    case "<=":
      return second <= secondsOf(moment);
    case "<":
      return second < secondsOf(moment);
    default:
      return new Date(at).toISOString().startsWith(filter.slice(0, 10));
  }
}

/** Runs of a repository or of one workflow, newest first, as one page of GitHub's list. */
export function listRuns(state: WorldState, call: RepositoryCall, workflowId?: number): Answer {
  const { query } = call.request;
  const wanted: ((run: Run) => boolean)[] = [
    (run) => run.repositoryId === call.repository.id,
    (run) => workflowId === undefined || run.workflowId === workflowId,
  ];
  const filters: Readonly<Record<string, (run: Run, value: string) => boolean>> = {
    event: (run, value) => run.event === value,
    branch: (run, value) => run.headBranch === value,
    actor: (run, value) => run.actor.login === value,
    head_sha: (run, value) => run.headSha === value,
    status: (run, value) => run.status === value || run.conclusion === value,
    created: (run, value) => createdMatches(value, run.createdAt),
  };
  for (const [name, matches] of Object.entries(filters)) {
    const value = query.get(name);
    if (value !== null) {
      wanted.push((run) => matches(run, value));
    }
  }
  const found = [...state.runs.values()].filter((run) => wanted.every((matches) => matches(run)));
  const page = pageOf(state.url(), call.request, found.toReversed());
  const runs = page.items.map((run) => presentRun(state, run));
  return json(200, { total_count: found.length, workflow_runs: runs }, page.headers);
}
