import { empty, json, notFound, problem, type Answer } from "../answer.ts";
import { listAnswer } from "../paging.ts";
import type { Needs } from "../principal.ts";
import { presentFile } from "../represent/commit.ts";
import { presentPull, presentPullSimple, pullChanges } from "../represent/pull.ts";
import { onRepository, type RepositoryCall, type Route } from "../router.ts";
import { resolveRef } from "../world/git.ts";
import type { Pull, WorldState } from "../world/state.ts";
import type { Room } from "./room.ts";

const MAX_LISTED_FILES = 3_000;
const NEEDS: Needs = [{ pull_requests: "read" }];

/** The newer API version no longer shows `merge_commit_sha`. */
function forVersion(shown: object, version: string): object {
  if (version === "2022-11-28") {
    return shown;
  }
  const { merge_commit_sha: _, ...rest } = shown as { merge_commit_sha?: unknown };
  return rest;
}

function withPull(call: RepositoryCall, answer: (pull: Pull) => Answer): Answer {
  const pull = call.repository.pulls.get(Number(call.params["number"]));
  return pull === undefined ? notFound() : answer(pull);
}

function selected(call: RepositoryCall): Pull[] {
  const { query } = call.request;
  const wanted = query.get("state") ?? "open";
  const base = query.get("base");
  const head = query.get("head");
  const sort = query.get("sort") ?? "created";
  const key = (pull: Pull) => (sort === "updated" ? pull.updatedAt : pull.createdAt);
  const order =
    (query.get("direction") ?? (sort === "created" ? "desc" : "asc")) === "asc" ? 1 : -1;
  return [...call.repository.pulls.values()]
    .filter((pull) => wanted === "all" || pull.state === wanted)
    .filter((pull) => base === null || pull.base.ref === base)
    .filter((pull) => head === null || `${pull.head.owner?.login}:${pull.head.ref}` === head)
    .toSorted((one, other) => order * (key(one) - key(other) || one.number - other.number));
}

function introducing(state: WorldState, call: RepositoryCall): Answer {
  const sha = call.params["sha"] ?? "";
  const commit = resolveRef(state, call.repository, sha);
  if (commit === null) {
    return problem(422, `No commit found for SHA: ${sha}`);
  }
  const pulls = [...call.repository.pulls.values()];
  const merged = pulls.filter(
    (pull) => pull.landed.includes(commit.sha) || pull.commits.includes(commit.sha),
  );
  return listAnswer(state.url(), call.request, {
    items: merged,
    present: (pull) => forVersion(presentPullSimple(state, pull), call.apiVersion),
  });
}

/** Pull requests, read only: nobody here merges by the API. */
export function pullRoutes({ state }: Room): Route[] {
  return [
    onRepository("GET /pulls", NEEDS, (call) =>
      listAnswer(state.url(), call.request, {
        items: selected(call),
        present: (pull) => forVersion(presentPullSimple(state, pull), call.apiVersion),
      }),
    ),
    onRepository("GET /pulls/:number", NEEDS, (call) =>
      withPull(call, (pull) => json(200, forVersion(presentPull(state, pull), call.apiVersion))),
    ),
    onRepository("GET /pulls/:number/files", NEEDS, (call) =>
      withPull(call, (pull) =>
        listAnswer(state.url(), call.request, {
          items: pullChanges(state, pull).slice(0, MAX_LISTED_FILES),
          present: (change) => presentFile(state, call.repository, { sha: pull.head.sha, change }),
        }),
      ),
    ),
    onRepository("GET /pulls/:number/merge", NEEDS, (call) =>
      withPull(call, (pull) => (pull.merged ? empty(204) : notFound())),
    ),
    onRepository(
      "GET /commits/:sha/pulls",
      [{ pull_requests: "read" }, { contents: "read" }],
      (call) => introducing(state, call),
    ),
  ];
}
