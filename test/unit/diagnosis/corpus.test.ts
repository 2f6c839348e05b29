import { expect, test } from "vitest";
import { CAUSES } from "../../../src/doctor/diagnosis/cause.ts";
import { diagnose } from "../../../src/doctor/diagnosis/diagnose.ts";
import { PARTS, readCorpus } from "./corpus.ts";
import { scoreCases } from "./score.ts";

const cases = PARTS.flatMap((name) => readCorpus(name));

test("names the settled cause of most public reports and is never wrong with certainty", () => {
  const score = scoreCases(cases);
  console.log(
    `diagnosis: ${score.right} of ${score.total} right, ${score.wrongCertain.length} wrong and certain, ${score.wrongLikely.length} wrong and likely`,
  );
  expect(score.total).toBeGreaterThanOrEqual(1007);
  expect(score.wrongCertain.map((miss) => `${miss.id}: ${miss.got.cause}`)).toEqual([]);
  // A bare "installation not allowed" is named by what it nearly always was.
  expect(score.wrongLikely.length / score.total).toBeLessThan(0.04);
  expect(score.right / score.total).toBeGreaterThanOrEqual(0.887);
});

test("knows every cause of the contract from the corpus", () => {
  const labelled = new Set(cases.map((one) => one.cause));
  expect(CAUSES.filter((cause) => !labelled.has(cause))).toEqual([]);
});

test("quotes its evidence as it stands in the log, for every cause but unknown", () => {
  for (const { id, log, run } of cases) {
    const { cause, evidence } = diagnose({ log, run });
    if (cause !== "unknown") expect(evidence.length, id).toBeGreaterThan(0);
    const lines = log.split("\n");
    for (const quote of evidence) {
      if (quote.line === null) continue;
      const pieces = quote.text.split("…").map((piece) => piece.trim());
      const start = (pieces.find((piece) => piece !== "") ?? "").slice(0, 40).trim();
      expect(lines[quote.line - 1]?.replaceAll("\t", " "), id).toContain(start);
    }
  }
});

test("pairs unknown with unknown, and retries only what passes by itself", () => {
  for (const { log, run } of cases) {
    const { cause, confidence, retryable, explanation, remedy } = diagnose({ log, run });
    expect(confidence === "unknown").toBe(cause === "unknown");
    expect(retryable).toBe(cause === "rate-limited" || cause === "registry-unavailable");
    expect(explanation.length).toBeGreaterThan(20);
    expect(remedy.length).toBeGreaterThan(20);
  }
});
