import { repositoryOf, type RepositoryReference } from "./find.ts";
import { runLog } from "./run-log.ts";
import { beginRun, createRun, finishRun, runOf, type RunOutcome, type RunParts } from "./runs.ts";
import type { Emit, Permissions, Run, WorldState } from "./state.ts";

function refusedPushLog(
  at: number,
  image: string,
  token: Permissions = { contents: "read", metadata: "read", packages: "read" },
): string {
  const granted = Object.entries(token).map(([name, level]) => {
    const pascal = name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
    return `${pascal}: ${level}`;
  });
  const refusal = `unexpected status from POST request to https://ghcr.io/v2/${image}/blobs/uploads/: 403 Forbidden`;
  return runLog(at, {
    "GITHUB_TOKEN Permissions": granted,
    "": ["Secret source: None", "Prepare workflow directory", "Complete job name: build"],
    "Run docker/build-push-action@v6": [`  push: true`, `  tags: ghcr.io/${image}:latest`],
    "Pushing image": [
      "#12 exporting to image",
      `#12 pushing layers 0.6s done`,
      `#12 ERROR: failed to push ghcr.io/${image}:latest: ${refusal}`,
      `##[error]buildx failed with: ERROR: failed to build: failed to solve: failed to push ghcr.io/${image}:latest: ${refusal}`,
    ],
  });
}

/** Verbs that step runs by hand and play builds that start by other events. */
export function runVerbs(state: WorldState, emit: Emit) {
  return {
    /** Queued to in progress. */
    startRun: (id: number): void => beginRun(state, emit, runOf(state, id)),
    /** To completed, by way of in progress. */
    completeRun: (id: number, outcome: RunOutcome = { conclusion: "success" }): void =>
      finishRun(state, emit, runOf(state, id), outcome),
    /** Every run of a repository, oldest first. */
    runsOf: (reference: RepositoryReference): Run[] =>
      [...state.runs.values()].filter(
        ({ repositoryId }) => repositoryId === repositoryOf(state, reference).id,
      ),
    /** A run that started by itself (push, pull_request …), for a repository's other workflows. */
    addRun: (parts: RunParts): Run => createRun(state, emit, parts),
    /**
     * The build that the pull request itself starts: GitHub caps its token at read, so its push to
     * the registry is refused. The run ends at once, with the log that GitHub would show.
     */
    forkBuild(
      reference: RepositoryReference,
      number: number,
      options: { path?: string; image?: string; token?: Permissions } = {},
    ): { run: Run; log: string } {
      const repository = repositoryOf(state, reference);
      const pull = repository.pulls.get(number);
      if (pull === undefined) {
        throw new Error(`the simulated GitHub has no pull request ${number}`);
      }
      const path = options.path ?? ".github/workflows/pull-request-image.yml";
      const id = repository.workflowIds.get(path) ?? state.nextId("workflow");
      repository.workflowIds.set(path, id);
      const run = createRun(state, emit, {
        repository,
        workflow: { id, path },
        event: "pull_request",
        headBranch: pull.head.ref,
        headSha: pull.head.sha,
        ...(pull.head.repositoryId === null ? {} : { headRepositoryId: pull.head.repositoryId }),
        inputs: {},
        actor: pull.user,
        pullNumbers: [number],
      });
      const image = options.image ?? `${repository.owner.login}/${repository.name}`.toLowerCase();
      const log = refusedPushLog(state.now(), image, options.token);
      finishRun(state, emit, run, { conclusion: "failure", logs: log });
      return { run, log };
    },
  };
}
