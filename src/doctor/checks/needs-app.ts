import { NOT_LOOKED_AT, skipped, unknown, type Verdict } from "../check.ts";
import { type AppFacts, describe, type Known, troubleWith } from "../facts.ts";
import type { Patient } from "../patient.ts";
import { hasAppCredentials } from "./settings.ts";

export interface WithApp extends Patient {
  readonly app: AppFacts;
}

/** Judges with the App's facts, or says that they are missing; why is another check's finding. */
export async function needsApp(
  patient: Patient,
  judge: (patient: WithApp) => Verdict | Promise<Verdict>,
): Promise<Verdict> {
  if (!hasAppCredentials(patient.environment)) {
    return skipped(`${NOT_LOOKED_AT}it needs the App's credentials.`);
  }
  const app = await patient.github.app();
  if (app.kind === "known") return judge({ ...patient, app: app.value });
  return withoutApp(app);
}

/** What is to be said where GitHub does not tell about the App. */
export function withoutApp(app: Exclude<Known<AppFacts>, { kind: "known" }>): Verdict {
  const trouble = troubleWith(app);
  return unknown({
    finding: `${NOT_LOOKED_AT}the App could not be read.`,
    reason: `Asked about the App: ${describe(app)}.`,
    remedy: trouble?.remedy ?? "Mend what “app-key” says, then run the doctor again.",
    link: trouble?.link,
  });
}
