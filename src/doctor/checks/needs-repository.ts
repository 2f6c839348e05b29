import { NOT_LOOKED_AT, skipped, unknown, type Verdict } from "../check.ts";
import { describe, type RepositoryFacts, troubleWith } from "../facts.ts";
import type { Patient } from "../patient.ts";
import { withoutApp } from "./needs-app.ts";
import { hasAppCredentials } from "./settings.ts";

export interface WithRepository extends Patient {
  readonly facts: RepositoryFacts;
  /** `owner/name` as it was given. */
  readonly fullName: string;
}

/** Nobody said which. */
export function noRepository(): Verdict {
  return skipped(`${NOT_LOOKED_AT}no repository is named.`, "Name a repository: --repo OWNER/NAME");
}

/** Judges with the repository's facts, read with a token that can only read. */
export async function needsRepository(
  patient: Patient,
  judge: (patient: WithRepository) => Promise<Verdict>,
): Promise<Verdict> {
  const { repository, environment, github } = patient;
  if (repository === null) return noRepository();
  if (!hasAppCredentials(environment)) {
    return skipped(`${NOT_LOOKED_AT}it needs the App's credentials.`);
  }
  const facts = await github.repository();
  const fullName = `${repository.owner}/${repository.name}`;
  if (facts.kind === "known") return judge({ ...patient, facts: facts.value, fullName });
  // An App that cannot be read either is the first fault, and this one its echo.
  const app = await github.app();
  if (app.kind !== "known") return withoutApp(app);
  const trouble = troubleWith(facts);
  return unknown({
    finding: `${NOT_LOOKED_AT}${fullName} could not be read.`,
    reason: `Asked about the repository: ${describe(facts)}.`,
    remedy: trouble?.remedy ?? "Mend what “installation” says, then run the doctor again.",
    link: trouble?.link,
  });
}
