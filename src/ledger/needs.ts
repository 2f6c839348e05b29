/**
 * Asks GitHub for the facts that a decision lacks. What is expected to be lacking is asked at once,
 * beside the first questions, and is taken when the decision turns out to need exactly that.
 */
import { CONFIGURATION_PATH, parseConfiguration } from "../domain/configuration.ts";
import {
  type BuilderFacts,
  type ChangedFiles,
  type ConfigurationFacts,
  type Facts,
  fullName,
  type RepositoryFacts,
  type WorkflowFacts,
  workflowKey,
} from "../domain/facts.ts";
import type { Need } from "../domain/need.ts";
import { type Answer, mapAnswer, ok } from "../domain/outcome.ts";
import type { GitHub, RepositoryRef } from "../domain/ports.ts";
import type { Claim } from "../domain/subject.ts";
import type { Expectation } from "./expectation.ts";

export type Found =
  | { readonly kind: "changed-files"; readonly files: ChangedFiles }
  | { readonly kind: "workflow"; readonly key: string; readonly workflow: WorkflowFacts }
  | { readonly kind: "builder"; readonly key: string; readonly builder: BuilderFacts };

/** Answers under way, by what was asked where. */
export type Early = ReadonlyMap<string, Promise<Answer<Found>>>;

export const NOTHING_EARLY: Early = new Map();

/** Begins to ask for what is expected, of a repository where it was last seen. */
export function askEarly(
  github: GitHub,
  about: { readonly repository: RepositoryRef; readonly claim: Claim },
  expected: Expectation,
): Early {
  const { repository, claim } = about;
  const early = new Map<string, Promise<Answer<Found>>>();
  if (expected.changedFiles && claim.kind === "merge") {
    const { pullRequest } = claim;
    early.set(filesKey(repository, pullRequest), askFiles(github, repository, pullRequest));
  }
  for (const { file, builder } of expected.workflows) {
    const holder = builder ?? repository;
    if (builder !== null) {
      early.set(builderKey(builder), askBuilder(github, builder, builder));
    }
    early.set(placeKey(holder, file), askWorkflow(github, holder, file));
    void github.prepareDispatch(holder);
  }
  return early;
}

/** One fact: the answer that is under way for exactly that, or a new question. */
export function askNeed(
  github: GitHub,
  early: Early,
  facts: Facts,
  need: Need,
): Promise<Answer<Found>> {
  switch (need.kind) {
    case "changed-files": {
      const { repository } = facts;
      const known = early.get(filesKey(repository, need.pullRequest));
      return known ?? askFiles(github, repository, need.pullRequest);
    }
    case "builder":
      return early.get(builderKey(need)) ?? askBuilder(github, need, null);
    case "workflow": {
      const builder = need.builder && facts.builders.get(fullName(need.builder).toLowerCase());
      const holder = builder?.kind === "present" ? builder.repository : facts.repository;
      return early.get(placeKey(holder, need.file)) ?? askWorkflow(github, holder, need.file);
    }
  }
}

/** The configuration on the default branch. */
export async function readConfiguration(
  github: GitHub,
  repository: RepositoryRef,
): Promise<Answer<ConfigurationFacts>> {
  const answer = await github.file(repository, CONFIGURATION_PATH);
  if (answer.kind === "absent") return ok({ kind: "absent" });
  return mapAnswer(answer, parseConfiguration);
}

/** True when a repository is where it was assumed: the same one under the same name. */
export function isSamePlace(assumed: RepositoryRef, repository: RepositoryFacts): boolean {
  return (
    assumed.id === repository.id &&
    fullName(assumed).toLowerCase() === fullName(repository).toLowerCase() &&
    assumed.installationId === repository.installationId
  );
}

// The ids are in the keys: a name that has another owner by now does not get the old one's answers.
function placeKey({ id, owner, name, installationId }: RepositoryRef, file: string): string {
  return `workflow ${installationId} ${id} ${workflowKey({ owner, name }, file)}`;
}

function filesKey(repository: RepositoryRef, pullRequest: number): string {
  return placeKey(repository, `files ${pullRequest}`);
}

function builderKey(name: { owner: string; name: string }): string {
  return `builder ${fullName(name).toLowerCase()}`;
}

async function askFiles(
  github: GitHub,
  repository: RepositoryRef,
  pullRequest: number,
): Promise<Answer<Found>> {
  const answer = await github.changedFiles(repository, pullRequest);
  return mapAnswer(answer, (files) => ({ kind: "changed-files", files }));
}

async function askWorkflow(
  github: GitHub,
  holder: RepositoryRef,
  file: string,
): Promise<Answer<Found>> {
  const answer = await github.workflow(holder, file);
  const key = workflowKey(holder, file);
  return mapAnswer(answer, (workflow) => ({ kind: "workflow", key, workflow }));
}

async function askBuilder(
  github: GitHub,
  name: { owner: string; name: string },
  assumed: RepositoryRef | null,
): Promise<Answer<Found>> {
  const key = fullName(name).toLowerCase();
  const answer = await readBuilder(github, name, assumed);
  return mapAnswer(answer, (builder) => ({ kind: "builder", key, builder }));
}

/** Whoever has that name today. Where it is assumed to be costs one question less, if it is there. */
async function readBuilder(
  github: GitHub,
  { owner, name }: { owner: string; name: string },
  assumed: RepositoryRef | null,
): Promise<Answer<BuilderFacts>> {
  const { id, installationId } = assumed ?? { id: null, installationId: null };
  const [located, early] = await Promise.all([
    github.locate({ id, installationId, owner, name }),
    assumed === null ? null : readConfiguration(github, assumed),
  ]);
  const isThere = located.kind === "ok" && assumed !== null && isSamePlace(assumed, located.value);
  // It is not where it was: the name alone says who it is.
  if (assumed !== null && !isThere && located.kind !== "later") {
    return readBuilder(github, { owner, name }, null);
  }
  if (located.kind === "absent" || located.kind === "refused") return ok({ kind: "absent" });
  if (located.kind !== "ok") return located;
  const configuration = early ?? (await readConfiguration(github, located.value));
  return mapAnswer(configuration, (value) => ({
    kind: "present",
    repository: located.value,
    configuration: value,
  }));
}
