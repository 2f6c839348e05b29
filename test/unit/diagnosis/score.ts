import { pathToFileURL } from "node:url";
import type { Diagnosis } from "../../../src/doctor/diagnosis/cause.ts";
import { diagnose } from "../../../src/doctor/diagnosis/diagnose.ts";
import { PARTS, readCorpus, type CorpusCase } from "./corpus.ts";

/** Scores the rules on the labelled corpus: `node test/unit/diagnosis/score.ts`. */

interface Miss {
  id: string;
  expected: string;
  got: Diagnosis;
}

export interface Score {
  total: number;
  right: number;
  /** Wrong although the diagnosis claimed to be certain. */
  wrongCertain: Miss[];
  /** Wrong, and named as likely. */
  wrongLikely: Miss[];
  /** Said `unknown` where the cause was settled. */
  missed: Miss[];
}

export function scoreCases(cases: CorpusCase[]): Score {
  const score: Score = {
    total: cases.length,
    right: 0,
    wrongCertain: [],
    wrongLikely: [],
    missed: [],
  };
  for (const { id, cause, log, run } of cases) {
    const got = diagnose({ log, run });
    if (got.cause === cause) score.right += 1;
    else if (got.confidence === "unknown") score.missed.push({ id, expected: cause, got });
    else {
      const wrong = got.confidence === "certain" ? score.wrongCertain : score.wrongLikely;
      wrong.push({ id, expected: cause, got });
    }
  }
  return score;
}

function printScore(name: string, score: Score): void {
  const percent = ((100 * score.right) / score.total).toFixed(1);
  console.log(
    `${name.padEnd(10)} ${String(score.total).padStart(4)} cases  ${String(score.right).padStart(4)} right  ${percent.padStart(5)} %  ${score.wrongCertain.length} wrong and certain, ${score.wrongLikely.length} wrong and likely`,
  );
  for (const miss of [...score.wrongCertain, ...score.wrongLikely, ...score.missed]) {
    console.log(
      `   ${miss.id}: expected ${miss.expected}, got ${miss.got.cause} (${miss.got.confidence})`,
    );
  }
}

function printByCause(cases: CorpusCase[]): void {
  const causes = [...new Set(cases.map((one) => one.cause))].toSorted();
  for (const cause of causes) {
    const score = scoreCases(cases.filter((one) => one.cause === cause));
    console.log(`   ${cause.padEnd(28)} ${score.right}/${score.total}`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const name of PARTS) printScore(name, scoreCases(readCorpus(name)));
  printByCause(PARTS.flatMap((name) => readCorpus(name)));
}
