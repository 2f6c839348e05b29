/**
 * What the last decision on such a claim needed beyond the first questions. A guess at what the next
 * one will need, so that it is asked beside those; never a fact: answers count only as GitHub's.
 */
import { type Facts, fullName } from "../domain/facts.ts";
import type { RepositoryRef } from "../domain/ports.ts";
import type { Claim } from "../domain/subject.ts";
import { parse } from "./dispatch-row.ts";
import type { Store } from "./store.ts";

export interface Expectation {
  /** `builder` null: in the repository itself. */
  readonly workflows: readonly { readonly file: string; readonly builder: RepositoryRef | null }[];
  readonly changedFiles: boolean;
}

/** Beyond that a guess would cost more than it saves. */
const MOST_WORKFLOWS = 4;

/** Null where nothing is known, or what is stored (a claim, too) cannot be read. */
export function expectationFor(store: Store, claim: Claim | null): Expectation | null {
  const text = claim === null ? null : store.meta(keyOf(claim));
  return text === null ? null : read(text);
}

/** Writes only what has changed. */
export function rememberExpectation(store: Store, claim: Claim, facts: Facts): void {
  const workflows = [...facts.workflows.keys()].flatMap((key): Expectation["workflows"] => {
    const [holder = "", file = ""] = key.split(/:(.*)/s);
    if (holder === fullName(facts.repository).toLowerCase()) return [{ file, builder: null }];
    const known = facts.builders.get(holder);
    return known?.kind === "present" ? [{ file, builder: refOf(known.repository) }] : [];
  });
  const expected: Expectation = {
    workflows: workflows.slice(0, MOST_WORKFLOWS),
    changedFiles: facts.changedFiles !== null,
  };
  store.setMeta(keyOf(claim), JSON.stringify(expected));
}

function keyOf({ kind }: Claim): string {
  return `expected:${kind}`;
}

function refOf({ id, owner, name, installationId }: RepositoryRef): RepositoryRef {
  return { id, owner, name, installationId };
}

function read(text: string): Expectation | null {
  try {
    const value = parse(text) as Expectation | null;
    const places: unknown = value?.workflows;
    return Array.isArray(places) && places.every(isPlace) ? value : null;
  } catch {
    return null;
  }
}

function isPlace(value: Expectation["workflows"][number] | null): boolean {
  if (typeof value?.file !== "string") return false;
  const { builder } = value;
  return (
    builder === null ||
    (typeof builder?.owner === "string" &&
      typeof builder.name === "string" &&
      Number.isSafeInteger(builder.id) &&
      Number.isSafeInteger(builder.installationId))
  );
}
