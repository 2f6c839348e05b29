import { json, notFound, problem, text, type Answer } from "../answer.ts";
import { listAnswer, pageOf } from "../paging.ts";
import type { Needs } from "../principal.ts";
import { presentCommit, presentFile } from "../represent/commit.ts";
import { nodeId, repositoryApiUrl, repositoryWebUrl } from "../represent/urls.ts";
import { onRepository, type RepositoryCall, type Route } from "../router.ts";
import { compareCommits } from "../world/compare.ts";
import { findCommit, resolveRef } from "../world/git.ts";
import { diffTrees, EMPTY_TREE } from "../world/tree.ts";
import type { Commit, Repository, WorldState } from "../world/state.ts";
import type { Room } from "./room.ts";

export const READS_CONTENTS: Needs = [{ contents: "read" }];
const MAX_COMPARED_FILES = 300;

/** One side of a comparison: `branch`, a SHA, or `owner:branch` of another repository. */
function side(state: WorldState, repository: Repository, name: string): Commit | null {
  const [owner, ref] = name.split(":");
  if (ref === undefined) {
    return resolveRef(state, repository, name);
  }
  const fork = [...state.repositories.values()].find(
    (one) =>
      one.network === repository.network && one.owner.login.toLowerCase() === owner?.toLowerCase(),
  );
  return fork === undefined ? null : resolveRef(state, fork, ref);
}

function compare(state: WorldState, call: RepositoryCall): Answer {
  const { repository, request } = call;
  const named = call.params["basehead"] ?? "";
  const [baseName = "", headName = ""] = named.split("...");
  const base = side(state, repository, baseName);
  const head = side(state, repository, headName);
  if (base === null || head === null) {
    return notFound();
  }
  const found = compareCommits(state, base.sha, head.sha);
  const mergeBase =
    found.mergeBase === null ? null : findCommit(state, repository, found.mergeBase);
  if (mergeBase === null) {
    return problem(404, `No common ancestor between ${baseName} and ${headName}.`);
  }
  const page = pageOf(state.url(), request, found.ahead);
  const web = `${repositoryWebUrl(state, repository)}/compare/${baseName}...${headName}`;
  const present = (commit: Commit) => presentCommit(state, repository, commit);
  const body = {
    url: `${repositoryApiUrl(state, repository)}/compare/${encodeURIComponent(named)}`,
    html_url: encodeURI(web),
    permalink_url: `${repositoryWebUrl(state, repository)}/compare/${base.sha}...${head.sha}`,
    diff_url: encodeURI(`${web}.diff`),
    patch_url: encodeURI(`${web}.patch`),
    base_commit: present(base),
    merge_base_commit: present(mergeBase),
    status: found.status,
    ahead_by: found.ahead.length,
    behind_by: found.behindBy,
    total_commits: found.ahead.length,
    commits: page.items.flatMap((sha) => {
      const commit = findCommit(state, repository, sha);
      return commit === null ? [] : [present(commit)];
    }),
    files: diffTrees(mergeBase.files, head.files)
      .slice(0, MAX_COMPARED_FILES)
      .map((change) => presentFile(state, repository, { sha: head.sha, change })),
  };
  return json(200, body, page.headers);
}

function oneCommit(state: WorldState, call: RepositoryCall): Answer {
  const { repository, request } = call;
  const ref = call.params["ref"] ?? "";
  const commit = resolveRef(state, repository, ref);
  if (commit === null) {
    return problem(422, `No commit found for SHA: ${ref}`);
  }
  if (request.headers["accept"]?.includes("sha") === true) {
    return text(200, commit.sha, "application/vnd.github.sha; charset=utf-8");
  }
  const parent = state.commits.get(commit.parents[0] ?? "");
  const files = diffTrees(parent?.files ?? EMPTY_TREE, commit.files).map((change) =>
    presentFile(state, repository, { sha: commit.sha, change }),
  );
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const stats = { total: additions + deletions, additions, deletions };
  return json(200, { ...presentCommit(state, repository, commit), stats, files });
}

function presentBranch(state: WorldState, repository: Repository, name: string, sha: string) {
  const api = repositoryApiUrl(state, repository);
  const isProtected = repository.protectedBranches.has(name);
  return {
    name,
    commit: { sha, url: `${api}/commits/${sha}` },
    protected: isProtected,
    protection: {
      enabled: isProtected,
      required_status_checks: { enforcement_level: "off", contexts: [], checks: [] },
    },
    protection_url: `${api}/branches/${encodeURIComponent(name)}/protection`,
  };
}

function oneBranch(state: WorldState, call: RepositoryCall): Answer {
  const { repository } = call;
  const name = call.params["branch"] ?? "";
  const sha = repository.branches.get(name);
  const commit = sha === undefined ? null : findCommit(state, repository, sha);
  if (commit === null) {
    return problem(404, "Branch not found");
  }
  const short = presentBranch(state, repository, name, commit.sha);
  const self = `${repositoryApiUrl(state, repository)}/branches/${encodeURIComponent(name)}`;
  const html = `${repositoryWebUrl(state, repository)}/tree/${name}`;
  return json(200, {
    ...short,
    commit: presentCommit(state, repository, commit),
    _links: { self, html },
  });
}

function presentTag(state: WorldState, repository: Repository, name: string, sha: string) {
  const api = repositoryApiUrl(state, repository);
  return {
    name,
    commit: { sha, url: `${api}/commits/${sha}` },
    zipball_url: `${api}/zipball/refs/tags/${name}`,
    tarball_url: `${api}/tarball/refs/tags/${name}`,
    node_id: nodeId("REF", `tags/${name}`),
  };
}

/** Commits, comparisons, branches and the list of tags. */
export function commitRoutes({ state }: Room): Route[] {
  return [
    onRepository("GET /compare/:basehead*", READS_CONTENTS, (call) => compare(state, call)),
    onRepository("GET /branches", READS_CONTENTS, ({ repository, request }) =>
      listAnswer(state.url(), request, {
        items: [...repository.branches],
        present: ([name, sha]) => presentBranch(state, repository, name, sha),
      }),
    ),
    onRepository("GET /branches/:branch*", READS_CONTENTS, (call) => oneBranch(state, call)),
    onRepository("GET /tags", READS_CONTENTS, ({ repository, request }) =>
      listAnswer(state.url(), request, {
        items: [...repository.tags],
        present: ([name, sha]) =>
          presentTag(state, repository, name, resolveRef(state, repository, name)?.sha ?? sha),
      }),
    ),
    onRepository("GET /commits/:ref*", READS_CONTENTS, (call) => oneCommit(state, call)),
  ];
}
