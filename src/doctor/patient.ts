/** What is examined: a set of settings, a relay, and perhaps one repository. */
import type { Verdict } from "./check.ts";
import type { DoctorPorts } from "./ports.ts";
import { createGitHubFacts, type GitHubFacts } from "./facts.ts";

export interface Examination {
  /** Settings and secrets by name, as the relay would get them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where they came from, for sentences such as “in .dev.vars”. */
  readonly source: string;
  /** The relay's secrets are where nobody can read them: what is not here may be set there. */
  readonly isPartial?: boolean;
  /** The file that the key here was read from, where it is not the relay's own. */
  readonly keyFile?: string;
  /** The relay's address without a trailing slash, or null. */
  readonly relayUrl: string | null;
  readonly repository: { readonly owner: string; readonly name: string } | null;
  /** A credential for the push probe, or null. */
  readonly registry: { readonly user: string; readonly token: string } | null;
  /** This program's version. */
  readonly version: string;
  readonly ports: DoctorPorts;
}

export interface Patient extends Examination {
  readonly github: GitHubFacts;
}

/** One question about the set-up; `run` never throws for what it may find. */
export interface Check {
  readonly name: string;
  /** What is being looked at, for the progress line. */
  readonly title: string;
  readonly run: (patient: Patient) => Promise<Verdict>;
}

/** Prepares an examination; GitHub is asked when the first check needs it, and once. */
export function createPatient(examination: Examination): Patient {
  return { ...examination, github: createGitHubFacts(examination) };
}
