import type { Breach, Rule } from "../finding.ts";
import { findPushes, type Push, registriesOf } from "../pushes.ts";
import { ghcrCredential } from "../registry-login.ts";
import type { Repository } from "../repository.ts";
import { accessOf, type Job, permissionsOf, type Workflow } from "../workflow.ts";

/** A push to ghcr.io with GitHub's token, where the permissions leave packages out. */
export const missingPackagesWrite: Rule = {
  id: "missing-packages-write",
  title: "`packages: write` is missing",
  level: "error",
  why: "As soon as one permission is named, all others are none: ghcr.io refuses the push (`installation not allowed to Write organization package`).",
  remedy: "Give the job that pushes `permissions: { contents: read, packages: write }`.",
  check: (repository) =>
    repository.workflows.flatMap((workflow) => [
      ...findPushes(workflow).flatMap((push) => judgePush(push, repository)),
      ...workflow.jobs.flatMap((job) => judgeCall(workflow, job, repository)),
    ]),
};

function judgePush(push: Push, repository: Repository): Breach[] {
  const { workflow, job, place } = push;
  const permissions = permissionsOf(workflow, job);
  if (permissions === null || accessOf(permissions, "packages") === "write") return [];
  const isRefused = repository
    .worldsOf(workflow)
    .some(
      (world) =>
        push.happensIn(world) !== false &&
        registriesOf(push, world).has("ghcr.io") &&
        ghcrCredential(workflow, job, world) === "github-token",
    );
  if (!isRefused) return [];
  const access = accessOf(permissions, "packages") ?? "none";
  const message = `Job \`${job.id}\` pushes to ghcr.io with GitHub's token, but has \`packages: ${access}\` (line ${permissions.place.line}).`;
  return [{ file: workflow.file, place, message }];
}

/** A called workflow cannot have more than its caller: GitHub then refuses to start at all. */
function judgeCall(workflow: Workflow, job: Job, repository: Repository): Breach[] {
  const callee = repository.calleeOf(job);
  const permissions = permissionsOf(workflow, job);
  if (callee === null || permissions === null || accessOf(permissions, "packages") === "write")
    return [];
  const asking = callee.jobs.find(
    (inner) => accessOf(permissionsOf(callee, inner), "packages") === "write",
  );
  if (asking === undefined) return [];
  return [
    {
      file: workflow.file,
      place: job.uses?.place ?? job.place,
      message: `Job \`${job.id}\` calls \`${callee.file}\`, whose job \`${asking.id}\` asks for \`packages: write\`; this caller does not grant it, and the run will not start.`,
      remedy: `Grant it to the calling job too: \`permissions: { contents: read, packages: write }\` at \`${job.id}\`.`,
    },
  ];
}
