import { randomUUID } from "node:crypto";
import { empty, json, notFound, problem, text, type Answer } from "../answer.ts";
import { pageOf } from "../paging.ts";
import { presentJob, presentRun } from "../represent/run.ts";
import { onRepository, type RepositoryCall, type Route } from "../router.ts";
import { finishRun, rerunFailedJobs } from "../world/runs.ts";
import type { Job, Run } from "../world/state.ts";
import type { Room } from "./room.ts";
import { actorOf } from "./actor.ts";
import { listRuns } from "./run-list.ts";
import { READS_ACTIONS, WRITES_ACTIONS } from "./workflows.ts";

/** A log's link is good for a minute. */
const LINK_LIFE_MILLISECONDS = 60_000;

type LogLinks = Map<string, { log: string; expiresAt: number }>;

function withRun(room: Room, call: RepositoryCall, answer: (run: Run) => Answer): Answer {
  const run = room.state.runs.get(Number(call.params["run"]));
  return run === undefined || run.repositoryId !== call.repository.id ? notFound() : answer(run);
}

function findJob(room: Room, call: RepositoryCall): { run: Run; job: Job } | null {
  const id = Number(call.params["job"]);
  for (const run of room.state.runs.values()) {
    const job = run.jobs.find((one) => one.id === id);
    if (job !== undefined && run.repositoryId === call.repository.id) {
      return { run, job };
    }
  }
  return null;
}

function listJobs(room: Room, call: RepositoryCall, run: Run): Answer {
  const all = call.request.query.get("filter") === "all";
  const jobs = run.jobs.filter(({ attempt }) => all || attempt === run.attempt);
  const page = pageOf(room.state.url(), call.request, jobs);
  const items = page.items.map((job) => presentJob(room.state, run, job));
  return json(200, { total_count: jobs.length, jobs: items }, page.headers);
}

function cancel(room: Room, run: Run): Answer {
  if (run.status === "completed") {
    return problem(409, "Cannot cancel a workflow run that is completed.");
  }
  finishRun(room.state, room.emit, run, { conclusion: "cancelled" });
  return json(202, {});
}

function rerun(room: Room, call: RepositoryCall, run: Run): Answer {
  if (run.status !== "completed") {
    return problem(403, "This workflow is already running");
  }
  if (run.conclusion === "success") {
    return problem(403, "This workflow run cannot be retried");
  }
  rerunFailedJobs(room.state, run, actorOf(room.state, call));
  room.scheduler.schedule(run);
  return json(201, {});
}

function linkToLog(room: Room, call: RepositoryCall, links: LogLinks): Answer {
  const found = findJob(room, call);
  if (found === null || found.job.status !== "completed") {
    return notFound();
  }
  const key = randomUUID();
  const expiresAt = room.state.now() + LINK_LIFE_MILLISECONDS;
  links.set(key, { log: found.job.log, expiresAt });
  return empty(302, { location: `${room.state.url()}/_logs/${key}` });
}

/** Runs, their jobs and their logs. */
export function runRoutes(room: Room): Route[] {
  const { state } = room;
  const links: LogLinks = new Map();
  return [
    onRepository("GET /actions/runs", READS_ACTIONS, (call) => listRuns(state, call)),
    onRepository("GET /actions/runs/:run", READS_ACTIONS, (call) =>
      withRun(room, call, (run) => json(200, presentRun(state, run))),
    ),
    onRepository("GET /actions/runs/:run/jobs", READS_ACTIONS, (call) =>
      withRun(room, call, (run) => listJobs(room, call, run)),
    ),
    onRepository("POST /actions/runs/:run/cancel", WRITES_ACTIONS, (call) =>
      withRun(room, call, (run) => cancel(room, run)),
    ),
    onRepository("POST /actions/runs/:run/rerun-failed-jobs", WRITES_ACTIONS, (call) =>
      withRun(room, call, (run) => rerun(room, call, run)),
    ),
    onRepository("GET /actions/jobs/:job", READS_ACTIONS, (call) => {
      const found = findJob(room, call);
      return found === null ? notFound() : json(200, presentJob(state, found.run, found.job));
    }),
    onRepository("GET /actions/jobs/:job/logs", READS_ACTIONS, (call) =>
      linkToLog(room, call, links),
    ),
    {
      method: "GET",
      pattern: "/_logs/:key",
      auth: "web",
      handle({ params }) {
        const link = links.get(params["key"] ?? "");
        return link !== undefined && link.expiresAt > state.now()
          ? text(200, link.log)
          : text(403, "AuthenticationFailed");
      },
    },
  ];
}
