import type { Place } from "./workflow.ts";
import type { Repository } from "./repository.ts";

/** `error` lets a stranger in or fails for certain; `warning` depends on what lint cannot see. */
export type Level = "error" | "warning";

export interface Finding {
  readonly rule: string;
  readonly level: Level;
  readonly file: string;
  readonly place: Place;
  /** What is there. */
  readonly message: string;
  /** What follows from it. */
  readonly why: string;
  readonly remedy: string;
}

/** What a rule reports; the linter adds the rest. */
export interface Breach {
  readonly level?: Level;
  readonly file: string;
  readonly place: Place;
  readonly message: string;
  readonly remedy?: string;
}

export interface Rule {
  readonly id: string;
  /** A few words, for a list of rules. */
  readonly title: string;
  readonly level: Level;
  readonly why: string;
  readonly remedy: string;
  /** Pure: the same workflows give the same breaches. */
  check(repository: Repository): Breach[];
}
