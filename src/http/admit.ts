/** Whether the caller may do this in the repository that the path names. */
import type { Intent, Standing } from "../domain/caller.ts";
import { fullName } from "../domain/facts.ts";
import { repositoryFormat } from "../domain/repository-formats.ts";
import { hasFormat } from "../domain/text-format.ts";
import type { ApiCall, Endpoint, RepositoryCall } from "./api-call.ts";
import { PROBLEMS } from "./problem.ts";

const REPOSITORY_PATH = "/api/v1/repos/:owner/:name";

/** An endpoint below a repository; `at` is the method and what follows the repository's path. */
export function onRepository(
  at: `${Endpoint["method"]} /${string}`,
  intent: Intent,
  answer: (call: RepositoryCall) => Promise<Response>,
): Endpoint {
  const [method, rest] = at.split(" ") as [Endpoint["method"], string];
  return {
    method,
    path: `${REPOSITORY_PATH}${rest}`,
    async answer(call) {
      const admitted = await admit(call, intent);
      return admitted instanceof Response ? admitted : answer(admitted);
    },
  };
}

async function admit(call: ApiCall, intent: Intent): Promise<RepositoryCall | Response> {
  const { owner = "", name = "" } = call.params;
  // Nothing that could not be a repository is ever sent to GitHub.
  if (!hasFormat(repositoryFormat, `${owner}/${name}`)) return PROBLEMS.notFound();
  const standing = await standingOf(call, { owner, name }, intent);
  switch (standing.kind) {
    case "maintainer": {
      const { actor, repository } = standing;
      return { ...call, actor, repository, desk: call.services.desk(repository.id) };
    }
    case "nobody":
      return PROBLEMS.unauthorized();
    case "stranger":
      return PROBLEMS.notFound();
    case "role-missing":
      return PROBLEMS.roleMissing(call.services.role);
    case "token-too-narrow":
      return PROBLEMS.tokenTooNarrow();
    case "later":
      return PROBLEMS.githubUnavailable();
  }
}

async function standingOf(
  { caller, services }: ApiCall,
  repository: { owner: string; name: string },
  intent: Intent,
): Promise<Standing> {
  if (caller.kind === "person") {
    return services.identity.askStanding(caller.token, repository, intent);
  }
  // A run speaks for its own repository; about any other it knows nothing.
  return fullName(caller.repository).toLowerCase() === fullName(repository).toLowerCase()
    ? services.identity.askRunStanding(caller.run, repository, intent)
    : { kind: "stranger" };
}
