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
import { type BranchSearch, SEARCH_ONCE, withBranches } from "./tag-branches.ts";

/** More rounds than any configuration can need: builder, its workflow, files. */
const MAX_ROUNDS = 4;

interface About {
  readonly claim: Claim;
  readonly question: Question;
  /** Files of the repository that are known to be missing; what is confirmed now is added. */
  readonly known: Absences;
  /** Asked at once, to save a round trip; wrong, it costs that question and no more. */
  readonly expected?: Expectation | null;
  /** Of a tag's branch; without one it is all done now, or not at all. */
  readonly search?: BranchSearch;
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
  const { search = SEARCH_ONCE } = about;
  const onBranch = await withBranches(github, facts, { question, search });
  return onBranch.kind === "ok" ? complete(asking, guessed, onBranch.value, question) : onBranch;
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
  let facts: Answer<Facts> = ok(start);
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
