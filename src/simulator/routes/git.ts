import { json, notFound, type Answer } from "../answer.ts";
import { listAnswer } from "../paging.ts";
import { nodeId, repositoryApiUrl, timestamp } from "../represent/urls.ts";
import { onRepository, type RepositoryCall, type Route } from "../router.ts";
import { findAnnotatedTag } from "../world/git.ts";
import type { Repository, WorldState } from "../world/state.ts";
import { READS_CONTENTS } from "./commits.ts";
import type { Room } from "./room.ts";

type NamedRef = readonly [ref: string, sha: string];

function allRefs(repository: Repository): NamedRef[] {
  const heads = [...repository.branches].map(([name, sha]) => [`refs/heads/${name}`, sha] as const);
  const tags = [...repository.tags].map(([name, sha]) => [`refs/tags/${name}`, sha] as const);
  return [...heads, ...tags];
}

function presentRef(state: WorldState, repository: Repository, [ref, sha]: NamedRef) {
  const api = repositoryApiUrl(state, repository);
  const type = findAnnotatedTag(state, repository, sha) === null ? "commit" : "tag";
  return {
    ref,
    node_id: nodeId("REF", ref),
    url: `${api}/git/${encodeURI(ref)}`,
    object: { sha, type, url: `${api}/git/${type}s/${sha}` },
  };
}

function oneTag(state: WorldState, call: RepositoryCall): Answer {
  const { repository } = call;
  const tag = findAnnotatedTag(state, repository, call.params["sha"] ?? "");
  if (tag === null) {
    return notFound();
  }
  const api = repositoryApiUrl(state, repository);
  const { login } = repository.owner;
  return json(200, {
    node_id: nodeId("TA", tag.sha),
    tag: tag.name,
    sha: tag.sha,
    url: `${api}/git/tags/${tag.sha}`,
    message: tag.message,
    tagger: {
      name: login,
      email: `${login}@users.noreply.github.com`,
      date: timestamp(tag.time),
    },
    object: {
      sha: tag.target,
      type: tag.targetType,
      url: `${api}/git/${tag.targetType}s/${tag.target}`,
    },
    verification: {
      verified: false,
      reason: "unsigned",
      signature: null,
      payload: null,
      verified_at: null,
    },
  });
}

/** Git's own objects: refs and tag objects. */
export function gitRoutes({ state }: Room): Route[] {
  return [
    onRepository("GET /git/ref/:ref*", READS_CONTENTS, ({ repository, params }) => {
      const found = allRefs(repository).find(([ref]) => ref === `refs/${params["ref"]}`);
      return found === undefined ? notFound() : json(200, presentRef(state, repository, found));
    }),
    onRepository(
      "GET /git/matching-refs/:ref*",
      READS_CONTENTS,
      ({ repository, params, request }) =>
        listAnswer(state.url(), request, {
          items: allRefs(repository).filter(([ref]) => ref.startsWith(`refs/${params["ref"]}`)),
          present: (found) => presentRef(state, repository, found),
        }),
    ),
    onRepository("GET /git/tags/:sha", READS_CONTENTS, (call) => oneTag(state, call)),
  ];
}
