import { ok, skipped, type Verdict } from "../check.ts";

const RANK = ["failed", "unknown", "warning", "skipped", "ok"] as const;

/** The worst verdict stands for all; where all is well, each different finding is told once. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const worst = RANK.flatMap((status) => verdicts.filter((one) => one.status === status))[0];
  if (worst?.status !== "ok") return worst ?? skipped("There is nothing to look at.");
  return ok([...new Set(verdicts.map(({ finding }) => finding))].join(" "));
}
