import { json, notFound, problem, type Answer } from "../answer.ts";
import { pageOf } from "../paging.ts";
import { presentCheckRun } from "../represent/check-run.ts";
import type { Call, RepositoryCall, Route } from "../router.ts";
import { findCommit, resolveRef } from "../world/git.ts";
import type { CheckAction, CheckRun, Conclusion, WorldState } from "../world/state.ts";
import type { Room } from "./room.ts";

const MAX_ACTIONS = 3;
const LONGEST: Readonly<Record<keyof CheckAction, number>> = {
  label: 20,
  description: 40,
  identifier: 20,
};

function judgeActions(actions: readonly CheckAction[]): Answer | null {
  const long = actions.some((action) =>
    (["label", "description", "identifier"] as const).some(
      (field) => (action[field] ?? "").length > LONGEST[field] || !action[field],
    ),
  );
  return actions.length > MAX_ACTIONS || long
    ? problem(422, "Validation Failed", {
        errors: [{ resource: "CheckRun", code: "invalid", field: "actions" }],
      })
    : null;
}

function moment(value: unknown): number | null {
  return typeof value === "string" ? Date.parse(value) : null;
}

function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === "string" ? value : other;
}

/** Lays the fields of a request over a check run; a conclusion completes it, as on GitHub. */
function apply(state: WorldState, check: CheckRun, body: Call["body"]): void {
  check.name = textOr(body["name"], check.name);
  check.externalId = textOr(body["external_id"], check.externalId);
  check.detailsUrl = textOr(body["details_url"], check.detailsUrl);
  check.status = textOr(body["status"], check.status) as CheckRun["status"];
  check.startedAt = moment(body["started_at"]) ?? check.startedAt ?? state.now();
  if (typeof body["conclusion"] === "string") {
    check.status = "completed";
    check.conclusion = body["conclusion"] as Conclusion;
    check.completedAt = moment(body["completed_at"]) ?? state.now();
  }
  const output = body["output"] as Record<string, unknown> | undefined;
  if (output !== undefined) {
    check.output = {
      title: textOr(output["title"], null),
      summary: textOr(output["summary"], null),
      text: textOr(output["text"], null),
    };
  }
  if (Array.isArray(body["actions"])) {
    check.actions = body["actions"] as CheckAction[];
  }
}

function refuse(call: RepositoryCall): Answer | null {
  if (call.principal.kind !== "installation") {
    return problem(403, "You must authenticate via a GitHub App.");
  }
  const actions = call.body["actions"];
  return Array.isArray(actions) ? judgeActions(actions as CheckAction[]) : null;
}

function create(room: Room, call: RepositoryCall): Answer {
  const { state } = room;
  const { repository, body } = call;
  const refusal = refuse(call);
  if (refusal !== null) {
    return refusal;
  }
  const sha = textOr(body["head_sha"], "");
  if (typeof body["name"] !== "string" || findCommit(state, repository, sha) === null) {
    return problem(422, `No commit found for SHA: ${sha}`);
  }
  const check: CheckRun = {
    id: state.nextId("check-run"),
    repositoryId: repository.id,
    headSha: sha,
    name: "",
    status: "queued",
    conclusion: null,
    externalId: "",
    detailsUrl: null,
    startedAt: null,
    completedAt: null,
    output: { title: null, summary: null, text: null },
    actions: [],
  };
  apply(state, check, body);
  state.checkRuns.set(check.id, check);
  return json(201, presentCheckRun(state, check));
}

function update(room: Room, call: RepositoryCall): Answer {
  const refusal = refuse(call);
  const check = room.state.checkRuns.get(Number(call.params["id"]));
  if (refusal !== null || check === undefined || check.repositoryId !== call.repository.id) {
    return refusal ?? notFound();
  }
  apply(room.state, check, call.body);
  return json(200, presentCheckRun(room.state, check));
}

function ofCommit(room: Room, call: RepositoryCall): Answer {
  const { state } = room;
  const { repository, request } = call;
  const ref = call.params["ref"] ?? "";
  const commit = resolveRef(state, repository, ref);
  if (commit === null) {
    return problem(422, `No commit found for SHA: ${ref}`);
  }
  const name = request.query.get("check_name");
  const found = [...state.checkRuns.values()].filter(
    (check) =>
      check.repositoryId === repository.id &&
      check.headSha === commit.sha &&
      (name === null || check.name === name),
  );
  const page = pageOf(state.url(), request, found);
  const checks = page.items.map((check) => presentCheckRun(state, check));
  return json(200, { total_count: found.length, check_runs: checks }, page.headers);
}

/** Check runs. */
export function checkRoutes(room: Room): Route[] {
  const base = "/repos/:owner/:repo";
  return [
    {
      method: "POST",
      pattern: `${base}/check-runs`,
      auth: "repository",
      needs: [{ checks: "write" }],
      handle: (call) => create(room, call),
    },
    {
      method: "PATCH",
      pattern: `${base}/check-runs/:id`,
      auth: "repository",
      needs: [{ checks: "write" }],
      handle: (call) => update(room, call),
    },
    {
      method: "GET",
      pattern: `${base}/commits/:ref*/check-runs`,
      auth: "repository",
      needs: [{ checks: "read" }],
      handle: (call) => ofCommit(room, call),
    },
  ];
}
