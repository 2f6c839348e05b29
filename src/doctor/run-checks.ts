/** Runs checks one after another and tells of each as it begins and ends. */
import { type CheckResult, unknown } from "./check.ts";
import type { Check, Patient } from "./patient.ts";

export interface Progress {
  started(check: Check): void;
  ended(result: CheckResult, check: Check): void;
}

/** Every check's result, in order. A check that throws is a bug of its own, and ends no other. */
export async function runChecks(
  checks: readonly Check[],
  patient: Patient,
  progress: Progress,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    progress.started(check);
    const result = await runOne(check, patient);
    progress.ended(result, check);
    results.push(result);
  }
  return results;
}

async function runOne(check: Check, patient: Patient): Promise<CheckResult> {
  try {
    return { check: check.name, ...(await check.run(patient)) };
  } catch (error) {
    const name = error instanceof Error ? error.name : "an error";
    const verdict = unknown({
      finding: `The check itself failed (${name}).`,
      reason: "That is a bug of merge-relay, not of the set-up.",
      remedy: "Please report it.",
    });
    return { check: check.name, ...verdict };
  }
}
