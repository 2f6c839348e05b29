/**
 * Reads from GitHub everything that a decision needs. Asks in parallel, with the payload's names as
 * a hint; whatever the hint got wrong is asked again under the right names. Never decides.
 */
import type { ConfigurationFacts, Facts, ProvenSubject } from "../domain/facts.ts";
import type { Question } from "../domain/decide.ts";
import { missingFacts, type Need } from "../domain/need.ts";
import { type Answer, mapAnswer, ok } from "../domain/outcome.ts";
import type { GitHub, RepositoryHint, RepositoryRef } from "../domain/ports.ts";
import type { Claim } from "../domain/subject.ts";
import type { Absences } from "./absences.ts";
import type { Expectation } from "./expectation.ts";
import {
  askEarly,
  type Asking,
  askNeed,
  type Early,
  isSamePlace,
  NOTHING_EARLY,
  readConfiguration,
} from "./needs.ts";
import { proveSubject } from "./prove-subject.ts";

/** More rounds than any configuration can need: builder, its workflow, files. */
const MAX_ROUNDS = 4;

interface About {
  readonly claim: Claim;
  readonly question: Question;
  /** Files of the repository that are known to be missing; what is confirmed now is added. */
  readonly known: Absences;
  /** Asked at once, to save a round trip; wrong, it costs that question and no more. */
  readonly expected?: Expectation | null;
}

/** The facts about a claim that a question needs, or why there are none. */
export async function prove(
  github: GitHub,
  hint: RepositoryHint,
  about: About,
): Promise<Answer<Facts>> {
  const { claim, question, known, expected } = about;
  const asking: Asking = { github, known };
  // One question and its answer first when nothing is known of the repository's names; else all at once.
  const assumed = assume(hint);
  const first = Promise.all([
    github.locate(hint),
    assumed ? readAll(asking, assumed, claim) : null,
  ]);
  // After the first questions: they need the connections before a guess does.
  const guessed =
    assumed && expected
      ? askEarly(asking, { repository: assumed, claim }, expected)
      : NOTHING_EARLY;
  const [located, early] = await first;
  if (located.kind !== "ok") return located;
  const repository = located.value;
  const usable = early !== null && assumed !== null && isSamePlace(assumed, repository);
  const read = usable ? early : await readAll(asking, repository, claim);
  if (read.kind !== "ok") return read;
  const facts: Facts = {
    repository,
    ...read.value,
    changedFiles: null,
    workflows: new Map(),
    builders: new Map(),
  };
  return complete(asking, guessed, facts, question);
}

function assume(hint: RepositoryHint): RepositoryRef | null {
  const { id, owner, name, installationId } = hint;
  return id === null || installationId === null ? null : { id, owner, name, installationId };
}

async function readAll(
  asking: Asking,
  repository: RepositoryRef,
  claim: Claim,
): Promise<Answer<{ subject: ProvenSubject; configuration: ConfigurationFacts }>> {
  const [subject, configuration] = await Promise.all([
    proveSubject(asking.github, repository, claim),
    readConfiguration(asking, repository),
  ]);
  if (subject.kind !== "ok") return subject;
  return mapAnswer(configuration, (value) => ({ subject: subject.value, configuration: value }));
}

async function complete(
  asking: Asking,
  early: Early,
  start: Facts,
  question: Question,
): Promise<Answer<Facts>> {
  let facts = await withBranches(asking.github, start);
  for (let round = 0; facts.kind === "ok" && round < MAX_ROUNDS; round++) {
    const needs = missingFacts(facts.value, question);
    if (needs.length === 0) break;
    facts = await fetchAll(asking, early, facts.value, needs);
  }
  return facts;
}

async function fetchAll(
  asking: Asking,
  early: Early,
  facts: Facts,
  needs: Need[],
): Promise<Answer<Facts>> {
  const fetched = await Promise.all(needs.map((need) => askNeed(asking, early, facts, need)));
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

const MAX_BRANCHES = 100;

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
