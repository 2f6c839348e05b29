import { repositoryOf } from "../world/find.ts";
import type { Comment, WorldState } from "../world/state.ts";
import { presentApp } from "./installation.ts";
import { nodeId, presentAccount, repositoryApiUrl, repositoryWebUrl, timestamp } from "./urls.ts";

const CONTENTS = ["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"] as const;

function presentReactions(comment: Comment, url: string) {
  const counts = CONTENTS.map((content) => [
    content,
    comment.reactions.filter((reaction) => reaction.content === content).length,
  ]);
  return {
    url: `${url}/reactions`,
    total_count: comment.reactions.length,
    ...(Object.fromEntries(counts) as Record<(typeof CONTENTS)[number], number>),
  };
}

/** GitHub's issue comment object. */
export function presentComment(state: WorldState, comment: Comment) {
  const repository = repositoryOf(state, comment.repositoryId);
  const api = repositoryApiUrl(state, repository);
  const url = `${api}/issues/comments/${comment.id}`;
  const html = `${repositoryWebUrl(state, repository)}/pull/${comment.issue}`;
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url,
    html_url: `${html}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.issue}`,
    body: comment.body,
    user: presentAccount(state, comment.user),
    created_at: timestamp(comment.createdAt),
    updated_at: timestamp(comment.updatedAt),
    author_association: "MEMBER",
    performed_via_github_app: comment.byApp ? presentApp(state) : null,
    reactions: presentReactions(comment, url),
  };
}
