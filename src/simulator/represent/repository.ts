import { fullName } from "../world/find.ts";
import type { Repository, WorldState } from "../world/state.ts";
import { nodeId, presentAccount, repositoryApiUrl, repositoryWebUrl, timestamp } from "./urls.ts";

/** Field name to what follows the repository's API address, where the two are not the same. */
const LINKS: Readonly<Record<string, string>> = {
  archive_url: "{archive_format}{/ref}",
  assignees_url: "assignees{/user}",
  blobs_url: "git/blobs{/sha}",
  branches_url: "branches{/branch}",
  collaborators_url: "collaborators{/collaborator}",
  comments_url: "comments{/number}",
  commits_url: "commits{/sha}",
  compare_url: "compare/{base}...{head}",
  contents_url: "contents/{+path}",
  contributors_url: "contributors",
  deployments_url: "deployments",
  downloads_url: "downloads",
  events_url: "events",
  forks_url: "forks",
  git_commits_url: "git/commits{/sha}",
  git_refs_url: "git/refs{/sha}",
  git_tags_url: "git/tags{/sha}",
  hooks_url: "hooks",
  issue_comment_url: "issues/comments{/number}",
  issue_events_url: "issues/events{/number}",
  issues_url: "issues{/number}",
  keys_url: "keys{/key_id}",
  labels_url: "labels{/name}",
  languages_url: "languages",
  merges_url: "merges",
  milestones_url: "milestones{/number}",
  notifications_url: "notifications{?since,all,participating}",
  pulls_url: "pulls{/number}",
  releases_url: "releases{/id}",
  stargazers_url: "stargazers",
  statuses_url: "statuses/{sha}",
  subscribers_url: "subscribers",
  subscription_url: "subscription",
  tags_url: "tags",
  teams_url: "teams",
  trees_url: "git/trees{/sha}",
};

function links(state: WorldState, repository: Repository): Record<string, string> {
  const api = repositoryApiUrl(state, repository);
  return Object.fromEntries(Object.entries(LINKS).map(([key, rest]) => [key, `${api}/${rest}`]));
}

/** The short form that runs and comparisons carry. */
export function presentMinimalRepository(state: WorldState, repository: Repository) {
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
    owner: presentAccount(state, repository.owner),
    html_url: repositoryWebUrl(state, repository),
    description: null,
    fork: repository.parentId !== null,
    url: repositoryApiUrl(state, repository),
    ...links(state, repository),
  };
}

/** The usual repository object of answers and webhooks. */
export function presentRepository(state: WorldState, repository: Repository) {
  const web = repositoryWebUrl(state, repository);
  const name = fullName(repository);
  return {
    ...presentMinimalRepository(state, repository),
    git_url: `git://github.com/${name}.git`,
    ssh_url: `git@github.com:${name}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    size: 1,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    default_branch: repository.defaultBranch,
    is_template: false,
    topics: [],
    visibility: repository.private ? "private" : "public",
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    archived: repository.archived,
    disabled: false,
    created_at: timestamp(repository.createdAt),
    updated_at: timestamp(repository.updatedAt),
    pushed_at: timestamp(repository.pushedAt),
  };
}

/** What `GET /repos/{owner}/{repo}` adds: the fork's parent and the counters. */
export function presentFullRepository(state: WorldState, repository: Repository) {
  const parent = state.repositories.get(repository.parentId ?? -1);
  const origin = parent === undefined ? null : presentRepository(state, parent);
  return {
    ...presentRepository(state, repository),
    subscribers_count: 0,
    network_count: 0,
    ...(origin === null ? {} : { parent: origin, source: origin }),
    ...(repository.owner.type === "Organization"
      ? { organization: presentAccount(state, repository.owner) }
      : {}),
  };
}
