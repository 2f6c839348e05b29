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
import { type Absences, confirmerOf, withoutMemory } from "./absences.ts";
import type { Expectation } from "./expectation.ts";

/** Whom to ask, and which files of the repository are known to be missing. */
export interface Asking {
  readonly github: GitHub;
  readonly known: Absences;
}

export type Found =
  | { readonly kind: "changed-files"; readonly files: ChangedFiles }
  | { readonly kind: "workflow"; readonly key: string; readonly workflow: WorkflowFacts }
  | { readonly kind: "builder"; readonly key: string; readonly builder: BuilderFacts };

/** Answers under way, by what was asked where. */
export type Early = ReadonlyMap<string, Promise<Answer<Found>>>;

export const NOTHING_EARLY: Early = new Map();

/** Begins to ask for what is expected, of a repository where it was last seen. */
export function askEarly(
  asking: Asking,
  about: { readonly repository: RepositoryRef; readonly claim: Claim },
  expected: Expectation,
): Early {
  const { repository, claim } = about;
  const early = new Map<string, Promise<Answer<Found>>>();
  if (expected.changedFiles && claim.kind === "merge") {
    const { pullRequest } = claim;
    early.set(filesKey(repository, pullRequest), askFiles(asking, repository, pullRequest));
  }
  for (const { file, builder } of expected.workflows) {
    const holder = builder ?? repository;
    const there = builder === null ? asking : elsewhere(asking);
    if (builder !== null) early.set(builderKey(builder), askBuilder(there, builder, builder));
    early.set(placeKey(holder, file), askWorkflow(there, holder, file));
    void asking.github.prepareDispatch(holder);
  }
  return early;
}

/** One fact: the answer that is under way for exactly that, or a new question. */
export function askNeed(
  asking: Asking,
  early: Early,
  facts: Facts,
  need: Need,
): Promise<Answer<Found>> {
  switch (need.kind) {
    case "changed-files": {
      const { repository } = facts;
      const known = early.get(filesKey(repository, need.pullRequest));
      return known ?? askFiles(asking, repository, need.pullRequest);
    }
    case "builder":
      return early.get(builderKey(need)) ?? askBuilder(elsewhere(asking), need, null);
    case "workflow": {
      const builder = need.builder && facts.builders.get(fullName(need.builder).toLowerCase());
      const holder = builder?.kind === "present" ? builder.repository : facts.repository;
      const there = holder.id === facts.repository.id ? asking : elsewhere(asking);
      return early.get(placeKey(holder, need.file)) ?? askWorkflow(there, holder, need.file);
    }
  }
}

/** The configuration on the default branch. */
export async function readConfiguration(
  { github, known }: Asking,
  repository: RepositoryRef,
): Promise<Answer<ConfigurationFacts>> {
  const path = CONFIGURATION_PATH;
  const read = await github.file(repository, path);
  const answer = await confirmerOf(github).file(read, { repository, path, known });
  if (answer.kind === "absent") return ok({ kind: "absent" });
  return mapAnswer(answer, parseConfiguration);
}

/** The same of a repository whose ledger is another. */
function elsewhere({ github, known }: Asking): Asking {
  return { github, known: withoutMemory(known) };
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

/** GitHub lists no more than 3,000 files of a pull request, a hundred a page. */
const MOST_FILE_PAGES = 30;

async function askFiles(
  { github }: Asking,
  repository: RepositoryRef,
  pullRequest: number,
): Promise<Answer<Found>> {
  const paths: string[] = [];
  for (let page = 1; page <= MOST_FILE_PAGES; page++) {
    const answer = await github.changedFiles(repository, pullRequest, page);
    if (answer.kind !== "ok") return answer;
    paths.push(...answer.value.paths);
    if (!answer.value.more) return ok({ kind: "changed-files", files: { paths, complete: true } });
  }
  return ok({ kind: "changed-files", files: { paths, complete: false } });
}

async function askWorkflow(
  { github, known }: Asking,
  holder: RepositoryRef,
  file: string,
): Promise<Answer<Found>> {
  const read = await github.workflow(holder, file);
  const answer = await confirmerOf(github).workflow(read, { repository: holder, file, known });
  const key = workflowKey(holder, file);
  return mapAnswer(answer, (workflow) => ({ kind: "workflow", key, workflow }));
}

async function askBuilder(
  asking: Asking,
  name: { owner: string; name: string },
  assumed: RepositoryRef | null,
): Promise<Answer<Found>> {
  const key = fullName(name).toLowerCase();
  const answer = await readBuilder(asking, name, assumed);
  return mapAnswer(answer, (builder) => ({ kind: "builder", key, builder }));
}

/** Whoever has that name today. Where it is assumed to be costs one question less, if it is there. */
async function readBuilder(
  asking: Asking,
  { owner, name }: { owner: string; name: string },
  assumed: RepositoryRef | null,
): Promise<Answer<BuilderFacts>> {
  const { id, installationId } = assumed ?? { id: null, installationId: null };
  const [located, early] = await Promise.all([
    asking.github.locate({ id, installationId, owner, name }),
    assumed === null ? null : readConfiguration(asking, assumed),
  ]);
  const isThere = located.kind === "ok" && assumed !== null && isSamePlace(assumed, located.value);
  // It is not where it was: the name alone says who it is.
  if (assumed !== null && !isThere && located.kind !== "later") {
    return readBuilder(asking, { owner, name }, null);
  }
  if (located.kind === "absent" || located.kind === "refused") return ok({ kind: "absent" });
  if (located.kind !== "ok") return located;
  const configuration = early ?? (await readConfiguration(asking, located.value));
  return mapAnswer(configuration, (value) => ({
    kind: "present",
    repository: located.value,
    configuration: value,
  }));
}
