import { blobSha } from "../world/git.ts";
import type { FileChange } from "../world/tree.ts";
import type { Commit, Repository, WorldState } from "../world/state.ts";
import { nodeId, presentAccount, repositoryApiUrl, repositoryWebUrl, timestamp } from "./urls.ts";

/** Who wrote a commit, in git's form. */
export function presentSignature(commit: Commit) {
  const { login, id } = commit.author;
  return {
    name: login,
    email: `${id}+${login.replace(/[^\w.-]/g, "")}@users.noreply.github.com`,
    date: timestamp(commit.time),
  };
}

/** GitHub's commit object. */
export function presentCommit(state: WorldState, repository: Repository, commit: Commit) {
  const api = repositoryApiUrl(state, repository);
  const web = repositoryWebUrl(state, repository);
  const author = presentAccount(state, commit.author);
  return {
    sha: commit.sha,
    node_id: nodeId("C", commit.sha),
    url: `${api}/commits/${commit.sha}`,
    html_url: `${web}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.sha}`,
      author: presentSignature(commit),
      committer: presentSignature(commit),
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.treeSha, url: `${api}/git/trees/${commit.treeSha}` },
      verification: {
        verified: false,
        reason: "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    author,
    committer: author,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${web}/commit/${sha}`,
    })),
  };
}

function lineCount(content: string | null): number {
  return content === null || content === "" ? 0 : content.replace(/\n$/, "").split("\n").length;
}

/** One changed file, as pull requests, commits and comparisons list it. */
export function presentFile(
  state: WorldState,
  repository: Repository,
  at: { sha: string; change: FileChange },
) {
  const { sha, change } = at;
  const path = change.path.split("/").map(encodeURIComponent).join("/");
  const web = repositoryWebUrl(state, repository);
  const additions = lineCount(change.after);
  const deletions = lineCount(change.before);
  return {
    sha: blobSha(change.after ?? change.before ?? ""),
    filename: change.path,
    status: change.status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${web}/blob/${sha}/${path}`,
    raw_url: `${web}/raw/${sha}/${path}`,
    contents_url: `${repositoryApiUrl(state, repository)}/contents/${path}?ref=${sha}`,
  };
}
