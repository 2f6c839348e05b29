/**
 * Reads from GitHub everything that a decision needs. Asks in parallel, with the payload's names as
 * a hint; whatever the hint got wrong is asked again under the right names. Never decides.
 */
import { CONFIGURATION_PATH, parseConfiguration } from "../domain/configuration.ts";
import {
  type BuilderFacts,
  type ChangedFiles,
  type ConfigurationFacts,
  type Facts,
  type ProvenSubject,
  type RepositoryFacts,
  type WorkflowFacts,
  fullName,
  workflowKey,
} from "../domain/facts.ts";
import type { Question } from "../domain/decide.ts";
import { missingFacts, type Need } from "../domain/need.ts";
import { type Answer, mapAnswer, ok } from "../domain/outcome.ts";
import type { GitHub, RepositoryHint, RepositoryRef } from "../domain/ports.ts";
import type { Claim } from "../domain/subject.ts";
import { type Absences, confirmerOf, withoutMemory } from "./absences.ts";
import { proveSubject } from "./prove-subject.ts";

/** More rounds than any configuration can need: builder, its workflow, files. */
const MAX_ROUNDS = 4;

interface About {
  readonly claim: Claim;
  readonly question: Question;
  /** Files of the repository that are known to be missing; what is confirmed now is added. */
  readonly known: Absences;
}

/** The facts about a claim that a question needs, or why there are none. */
export async function prove(
  github: GitHub,
  hint: RepositoryHint,
  about: About,
): Promise<Answer<Facts>> {
  // One question and its answer first when nothing is known of the repository's names; else all at once.
  const assumed = assume(hint);
  const [located, early] = await Promise.all([
    github.locate(hint),
    assumed ? readAll(github, assumed, about) : null,
  ]);
  if (located.kind !== "ok") return located;
  const repository = located.value;
  const usable = early !== null && assumed !== null && isSamePlace(assumed, repository);
  const read = usable ? early : await readAll(github, repository, about);
  if (read.kind !== "ok") return read;
  const facts: Facts = {
    repository,
    ...read.value,
    changedFiles: null,
    workflows: new Map(),
    builders: new Map(),
  };
  return complete(github, facts, about);
}

function assume(hint: RepositoryHint): RepositoryRef | null {
  const { id, owner, name, installationId } = hint;
  return id === null || installationId === null ? null : { id, owner, name, installationId };
}

function isSamePlace(assumed: RepositoryRef, repository: RepositoryFacts): boolean {
  return (
    fullName(assumed).toLowerCase() === fullName(repository).toLowerCase() &&
    assumed.installationId === repository.installationId
  );
}

async function readAll(
  github: GitHub,
  repository: RepositoryRef,
  { claim, known }: About,
): Promise<Answer<{ subject: ProvenSubject; configuration: ConfigurationFacts }>> {
  const [subject, configuration] = await Promise.all([
    proveSubject(github, repository, claim),
    readConfiguration(github, repository, known),
  ]);
  if (subject.kind !== "ok") return subject;
  return mapAnswer(configuration, (value) => ({ subject: subject.value, configuration: value }));
}

async function readConfiguration(
  github: GitHub,
  repository: RepositoryRef,
  known: Absences,
): Promise<Answer<ConfigurationFacts>> {
  const path = CONFIGURATION_PATH;
  const read = await github.file(repository, path);
  const answer = await confirmerOf(github).file(read, { repository, path, known });
  if (answer.kind === "absent") return ok({ kind: "absent" });
  return mapAnswer(answer, parseConfiguration);
}

async function complete(github: GitHub, start: Facts, about: About): Promise<Answer<Facts>> {
  let facts = await withBranches(github, start);
  for (let round = 0; facts.kind === "ok" && round < MAX_ROUNDS; round++) {
    const needs = missingFacts(facts.value, about.question);
    if (needs.length === 0) break;
    const asked = facts.value;
    facts = withFound(
      asked,
      await Promise.all(needs.map((need) => fetchNeed(github, asked, need, about.known))),
    );
  }
  return facts;
}

function withFound(facts: Facts, fetched: readonly Answer<Found>[]): Answer<Facts> {
  let changedFiles = facts.changedFiles;
  const workflows = new Map(facts.workflows);
  const builders = new Map(facts.builders);
  for (const answer of fetched) {
    if (answer.kind !== "ok") return answer;
    const found = answer.value;
    if (found.kind === "changed-files") changedFiles = found.files;
    else if (found.kind === "workflow") workflows.set(found.key, found.workflow);
    else builders.set(found.key, found.builder);
  }
  return ok({ ...facts, changedFiles, workflows, builders });
}

type Found =
  | { readonly kind: "changed-files"; readonly files: ChangedFiles }
  | { readonly kind: "workflow"; readonly key: string; readonly workflow: WorkflowFacts }
  | { readonly kind: "builder"; readonly key: string; readonly builder: BuilderFacts };

async function fetchNeed(
  github: GitHub,
  facts: Facts,
  need: Need,
  known: Absences,
): Promise<Answer<Found>> {
  switch (need.kind) {
    case "changed-files": {
      const answer = await github.changedFiles(facts.repository, need.pullRequest);
      return mapAnswer(answer, (files) => ({ kind: "changed-files", files }));
    }
    case "builder": {
      const answer = await readBuilder(github, need, withoutMemory(known));
      const key = fullName(need).toLowerCase();
      return mapAnswer(answer, (builder) => ({ kind: "builder", key, builder }));
    }
    case "workflow": {
      const builder = need.builder && facts.builders.get(fullName(need.builder).toLowerCase());
      const holder = builder?.kind === "present" ? builder.repository : facts.repository;
      const { file } = need;
      const answer = await confirmerOf(github).workflow(await github.workflow(holder, file), {
        repository: holder,
        file,
        known: holder.id === facts.repository.id ? known : withoutMemory(known),
      });
      const key = workflowKey(holder, file);
      return mapAnswer(answer, (workflow) => ({ kind: "workflow", key, workflow }));
    }
  }
}

async function readBuilder(
  github: GitHub,
  name: { owner: string; name: string },
  known: Absences,
): Promise<Answer<BuilderFacts>> {
  const located = await github.locate({
    id: null,
    installationId: null,
    owner: name.owner,
    name: name.name,
  });
  if (located.kind === "absent" || located.kind === "refused") return ok({ kind: "absent" });
  if (located.kind !== "ok") return located;
  const configuration = await readConfiguration(github, located.value, known);
  return mapAnswer(configuration, (value) => ({
    kind: "present",
    repository: located.value,
    configuration: value,
  }));
}

/** For a tag: how its commit lies to each branch that a route could allow, the default one first. */
async function withBranches(github: GitHub, facts: Facts): Promise<Answer<Facts>> {
  const { subject, configuration, repository } = facts;
  if (subject.kind !== "tag" || subject.sha === null || configuration.kind !== "valid")
    return ok(facts);
  const { sha } = subject;
  const candidates = await candidateBranches(github, facts);
  if (candidates.kind !== "ok") return candidates;
  const branches = [];
  for (const branch of candidates.value) {
    const answer = await github.ancestry(repository, branch, sha);
    if (answer.kind !== "ok") return answer;
    branches.push({ branch, ancestry: answer.value });
  }
  return ok({ ...facts, subject: { ...subject, branches } });
}

const MAX_BRANCHES = 20;

async function candidateBranches(github: GitHub, facts: Facts): Promise<Answer<string[]>> {
  const { configuration, repository } = facts;
  const names = new Set([repository.defaultBranch]);
  const routes = configuration.kind === "valid" ? configuration.configuration.routes : [];
  for (const glob of routes.flatMap((route) =>
    route.on.includes("tag") ? (route.branches ?? []) : [],
  )) {
    if (!/[*?]/.test(glob)) {
      names.add(glob);
      continue;
    }
    const found = await github.branches(repository, glob.replace(/[*?].*$/, ""));
    if (found.kind !== "ok" && found.kind !== "absent") return found;
    if (found.kind === "ok") for (const name of found.value) names.add(name);
  }
  return ok([...names].slice(0, MAX_BRANCHES));
}
