import { json, notFound, problem, type Answer } from "../answer.ts";
import { listAnswer } from "../paging.ts";
import type { Needs } from "../principal.ts";
import { presentComment } from "../represent/comment.ts";
import { nodeId, presentAccount, timestamp } from "../represent/urls.ts";
import { onRepository, type RepositoryCall, type Route } from "../router.ts";
import { addComment } from "../world/comments.ts";
import type { Comment } from "../world/state.ts";
import type { Room } from "./room.ts";
import { actorOf } from "./actor.ts";

const READS: Needs = [{ issues: "read" }, { pull_requests: "read" }];
const WRITES: Needs = [{ issues: "write" }, { pull_requests: "write" }];
const CONTENTS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"];

function commentOf(room: Room, call: RepositoryCall): Comment | null {
  const comment = room.state.comments.get(Number(call.params["id"]));
  return comment?.repositoryId === call.repository.id ? comment : null;
}

function readBody(call: RepositoryCall): string | Answer {
  const { body } = call.body;
  const errors = [{ resource: "IssueComment", code: "missing_field", field: "body" }];
  return typeof body === "string" && body !== ""
    ? body
    : problem(422, "Validation Failed", { errors });
}

function create(room: Room, call: RepositoryCall): Answer {
  const issue = Number(call.params["number"]);
  const body = readBody(call);
  if (!call.repository.pulls.has(issue) || typeof body !== "string") {
    return typeof body === "string" ? notFound() : body;
  }
  const user = actorOf(room.state, call);
  const byApp = call.principal.kind === "installation";
  const parts = { repository: call.repository, issue, user, body, byApp };
  const comment = addComment(room.state, room.emit, parts);
  return json(201, presentComment(room.state, comment));
}

function update(room: Room, call: RepositoryCall): Answer {
  const comment = commentOf(room, call);
  const body = readBody(call);
  if (comment === null || typeof body !== "string") {
    return typeof body === "string" ? notFound() : body;
  }
  if (comment.user !== actorOf(room.state, call)) {
    return problem(403, "Resource not accessible by integration");
  }
  comment.body = body;
  comment.updatedAt = room.state.now();
  return json(200, presentComment(room.state, comment));
}

function react(room: Room, call: RepositoryCall): Answer {
  const { state } = room;
  const comment = commentOf(room, call);
  const content = String(call.body["content"]);
  if (comment === null) {
    return notFound();
  }
  if (!CONTENTS.includes(content)) {
    return problem(422, "Validation Failed", { errors: [{ code: "invalid", field: "content" }] });
  }
  const user = actorOf(state, call);
  const known = comment.reactions.find((one) => one.user === user && one.content === content);
  const reaction = known ?? { id: state.nextId("reaction"), user, content, createdAt: state.now() };
  if (known === undefined) {
    comment.reactions.push(reaction);
  }
  return json(known === undefined ? 201 : 200, {
    id: reaction.id,
    node_id: nodeId("REA", reaction.id),
    user: presentAccount(state, user),
    content,
    created_at: timestamp(reaction.createdAt),
  });
}

/** Comments on pull requests, and reactions to them. */
export function issueRoutes(room: Room): Route[] {
  const { state } = room;
  return [
    onRepository("GET /issues/:number/comments", READS, (call) => {
      const issue = Number(call.params["number"]);
      return call.repository.pulls.has(issue)
        ? listAnswer(state.url(), call.request, {
            items: [...state.comments.values()].filter(
              (one) => one.repositoryId === call.repository.id && one.issue === issue,
            ),
            present: (one) => presentComment(state, one),
          })
        : notFound();
    }),
    onRepository("POST /issues/:number/comments", WRITES, (call) => create(room, call)),
    onRepository("GET /issues/comments/:id", READS, (call) => {
      const comment = commentOf(room, call);
      return comment === null ? notFound() : json(200, presentComment(state, comment));
    }),
    onRepository("PATCH /issues/comments/:id", WRITES, (call) => update(room, call)),
    onRepository("POST /issues/comments/:id/reactions", WRITES, (call) => react(room, call)),
  ];
}
