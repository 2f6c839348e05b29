import { skipped, unknown, type Verdict } from "../check.ts";
import { describe, type RepositoryFacts, troubleWith } from "../facts.ts";
import type { Patient } from "../patient.ts";
import { hasAppCredentials } from "./settings.ts";

export interface WithRepository extends Patient {
  readonly facts: RepositoryFacts;
  /** `owner/name` as it was given. */
  readonly fullName: string;
}

/** Judges with the repository's facts, read with a token that can only read. */
export async function needsRepository(
  patient: Patient,
  judge: (patient: WithRepository) => Promise<Verdict>,
): Promise<Verdict> {
  const { repository, environment, github } = patient;
  if (repository === null)
    return skipped("No repository to look at.", "Name one: --repo OWNER/NAME");
  if (!hasAppCredentials(environment)) return skipped("Needs the App's credentials.");
  const facts = await github.repository();
  const fullName = `${repository.owner}/${repository.name}`;
  if (facts.kind === "known") return judge({ ...patient, facts: facts.value, fullName });
  const trouble = troubleWith(facts);
  return unknown({
    finding: `Not looked at: ${fullName} could not be read.`,
    reason: `Asked about the repository: ${describe(facts)}.`,
    remedy: trouble?.remedy ?? "Mend what “installation” says, then run the doctor again.",
    link: trouble?.link,
  });
}
