import type { Breach, Rule } from "../finding.ts";
import { findPushes, isLocalPush, type Push } from "../pushes.ts";
import type { Repository } from "../repository.ts";
import { isForkPullRequest, type World } from "../world.ts";

/** A push that a stranger's pull request reaches. */
export const pushFromPullRequest: Rule = {
  id: "push-from-pull-request",
  title: "An image is pushed from a pull request",
  level: "error",
  why: "The token of a fork's pull request only reads, so this push is refused there; where it has rights after all, unreviewed code is published.",
  remedy:
    "Build only, push after the merge: `push: ${{ github.event_name != 'pull_request' }}` (or an `if:` with it), and let a push to the branch or merge-relay publish.",
  check: (repository) =>
    repository.workflows.flatMap((workflow) =>
      findPushes(workflow).flatMap((push) => judge(push, repository)),
    ),
};

function judge(push: Push, repository: Repository): Breach[] {
  const worlds = repository.worldsOf(push.workflow).filter(isForkPullRequest);
  const reached = worlds.filter(
    (world) => push.happensIn(world) === true && !isLocalPush(push, world),
  );
  if (reached.length === 0) return [];
  const { workflow, job, place } = push;
  return [
    {
      file: workflow.file,
      place,
      message: `Job \`${job.id}\` pushes an image ${when(reached, worlds)}, and no condition keeps out a fork's.`,
    },
  ];
}

function when(reached: readonly World[], worlds: readonly World[]): string {
  const onlyMerged =
    reached.every(({ isMerged }) => isMerged) && worlds.some(({ isMerged }) => !isMerged);
  return onlyMerged
    ? "when a pull request is merged (its token still only reads)"
    : "on `pull_request`";
}
