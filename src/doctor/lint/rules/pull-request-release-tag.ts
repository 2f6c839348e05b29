import { environmentsOf } from "../conditions.ts";
import type { Breach, Rule } from "../finding.ts";
import { pullRequestTags } from "../metadata-tags.ts";
import { findPushes, isLocalPush, type Push } from "../pushes.ts";
import type { Repository } from "../repository.ts";
import { findUntrusted } from "../untrusted-text.ts";
import type { Place } from "../workflow.ts";
import { lookupIn, OPEN, type World } from "../world.ts";

/** A tag that users pull, given to a pull request's build. */
export const pullRequestReleaseTag: Rule = {
  id: "pull-request-release-tag",
  title: "A pull request's image gets a release's tag",
  level: "error",
  why: "Whoever pulls this tag gets unreviewed code, and the tag moves back and forth between branch and pull requests.",
  remedy:
    "Tag a pull request's build by its number only (`type=ref,event=pr`, `pr-${{ github.event.number }}`), and release tags with `enable=${{ github.event_name != 'pull_request' }}`.",
  check: (repository) =>
    repository.workflows.flatMap((workflow) =>
      findPushes(workflow).flatMap((push) => judge(push, repository)),
    ),
};

const RELEASE_LIKE =
  /^(latest|stable|edge|nightly|main|master|trunk|develop|prod|production|release[\w.-]*|v?\d+(\.\d+)*)$/i;

function judge(push: Push, repository: Repository): Breach[] {
  // Scripts ask mostly just that: whether it is a release.
  if (push.isAsked) return [];
  const worlds = repository
    .worldsOf(push.workflow)
    .filter(({ event }) => event === "pull_request" || event === "pull_request_target")
    // After a merge the code is reviewed.
    .filter(
      (world) => !world.isMerged && push.happensIn(world) !== false && !isLocalPush(push, world),
    );
  const found = new Map<string, Breach>();
  for (const world of worlds) {
    for (const { place, message } of tagProblems(push, world)) {
      found.set(message, { file: push.workflow.file, place, message });
    }
  }
  return [...found.values()];
}

interface Problem {
  readonly place: Place;
  readonly message: string;
}

function tagProblems(push: Push, world: World): Problem[] {
  return [...fixedTags(push, world), ...madeTags(push, world), ...chosenTags(push)];
}

function fixedTags(push: Push, world: World): Problem[] {
  const hasNoTag = /push-by-digest=true/.test(push.step.with.get("outputs")?.value ?? "");
  if (hasNoTag) return [];
  const place = push.step.with.get("tags")?.place ?? push.place;
  return push.imagesIn(world).flatMap((image) => {
    const tag = tagOf(image);
    if (tag === null || !RELEASE_LIKE.test(tag)) return [];
    return [
      {
        place,
        message: `A pull request's build is pushed as \`${image.replaceAll(OPEN, "…")}\`: the tag \`${tag}\` reads as a release.`,
      },
    ];
  });
}

function madeTags({ metadata, workflow, job }: Push, world: World): Problem[] {
  if (metadata === null) return [];
  const lookup = lookupIn(world, ...environmentsOf(workflow, job, metadata));
  const place = metadata.with.get("tags")?.place ?? metadata.place;
  return pullRequestTags(metadata, lookup)
    .filter(({ tag }) => RELEASE_LIKE.test(tag))
    .map(({ tag, rule }) => ({
      place,
      message: `\`${rule.replaceAll(OPEN, "…")}\` gives the tag \`${tag}\` to a pull request's build too.`,
    }));
}

/** A branch may be called `latest`, and its author chooses. */
function chosenTags({ step, metadata }: Push): Problem[] {
  const texts = [step.with.get("tags"), metadata?.with.get("tags")].flatMap((text) => text ?? []);
  return texts.flatMap(({ value, snippets }) =>
    snippets
      // `pr-` before it keeps the name apart.
      .filter(
        ({ source, start }) =>
          /[:=]$/.test(value.slice(0, start)) && findUntrusted(source) !== null,
      )
      .map(({ source, place }) => ({
        place,
        message: `The author of a pull request chooses the tag: \`${source}\` may be \`latest\`.`,
      })),
  );
}

/** The tag of a reference; `latest` where there is none, null where that cannot be known. */
function tagOf(image: string): string | null {
  if (image.includes("@") || image.includes("=")) return null;
  const last = image.split("/").at(-1) ?? "";
  const at = last.indexOf(":");
  if (at !== -1) return last.slice(at + 1);
  return last.includes(OPEN) || last.includes("$") ? null : "latest";
}
