import { CommandProblem } from "./command-problem.ts";
import type { GitHubApi } from "./github-api.ts";
import type { RunAddress } from "./run-address.ts";

/** A run and its jobs, as far as a diagnosis needs them. */

export interface FailedJob {
  readonly id: number;
  readonly name: string;
}

export interface FetchedRun {
  /** GitHub's run object, as it came. */
  readonly run: object;
  /** In the order in which they ended. */
  readonly failedJobs: readonly FailedJob[];
  readonly jobCount: number;
}

const PAGE = 100;
/** 300 jobs: more than a matrix may have. */
const MAX_PAGES = 3;
const FAILED = new Set(["failure", "timed_out", "startup_failure"]);

/** Fetches the run and finds its failed jobs, or the one that the address names. */
export async function fetchRun(api: GitHubApi, address: RunAddress): Promise<FetchedRun> {
  const path = pathOf(address);
  const run = await api.getJson(path, "the run");
  if (!isObject(run)) throw new CommandProblem("GitHub's answer about the run is no run object.");
  const jobs = await fetchJobs(api, path);
  const failed = jobs
    .filter(({ conclusion }) => FAILED.has(String(conclusion)))
    .toSorted((a, b) => compare(a["completed_at"], b["completed_at"]));
  const named = jobs.filter(({ id }) => String(id) === address.jobId);
  const chosen = address.jobId === null ? failed : named;
  if (address.jobId !== null && named.length === 0) {
    throw new CommandProblem(`This run has no job ${address.jobId}.`);
  }
  return { run, failedJobs: chosen.map(toFailedJob), jobCount: jobs.length };
}

/** A job's log, as GitHub keeps it. */
export function fetchJobLog(api: GitHubApi, address: RunAddress, job: FailedJob): Promise<string> {
  const { owner, repository } = address;
  return api.getText(
    `/repos/${owner}/${repository}/actions/jobs/${job.id}/logs`,
    `the log of job “${job.name}”`,
  );
}

function pathOf({ owner, repository, runId, attempt }: RunAddress): string {
  const run = `/repos/${owner}/${repository}/actions/runs/${runId}`;
  return attempt === null ? run : `${run}/attempts/${attempt}`;
}

type Json = Readonly<Record<string, unknown>>;

async function fetchJobs(api: GitHubApi, path: string): Promise<Json[]> {
  const jobs: Json[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await api.getJson(
      `${path}/jobs?per_page=${PAGE}&page=${page}`,
      "the run's jobs",
    );
    const listed =
      isObject(answer) && Array.isArray(answer["jobs"]) ? (answer["jobs"] as unknown[]) : [];
    jobs.push(...listed.filter(isObject));
    if (listed.length < PAGE) break;
  }
  return jobs;
}

function toFailedJob({ id, name }: Json): FailedJob {
  return { id: Number(id), name: String(name) };
}

function compare(a: unknown, b: unknown): number {
  const [first, second] = [String(a), String(b)];
  return first < second ? -1 : Number(first > second);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
