/** GitHub's list moves while it is read page by page: what slips through is seen by the next scan. */
import { describe, expect, test } from "vitest";
import { ok } from "../../../src/domain/outcome.ts";
import { Life, SCAN_MS } from "./life.ts";

const MINUTE = 60_000;

/**
 * A ledger whose first scan has to catch up with 40 merges of two hours, five a page. `closed` are
 * the pull requests as GitHub lists them, the last updated first; 99 was closed without a merge.
 */
async function lateLife(): Promise<{ life: Life; closed: number[]; read: number[] }> {
  const life = new Life();
  life.merge(1);
  life.deliverMerge(1, "first");
  await life.pass();
  await life.pass(SCAN_MS);
  const begin = life.now;
  for (let number = 2; number <= 41; number++) {
    life.now = begin + number * 3 * MINUTE;
    life.merge(number);
  }
  const closed = [99, ...Array.from({ length: 41 }, (_, index) => 41 - index)];
  const read: number[] = [];
  const updated = (number: number) =>
    number === 99 ? life.now : Date.parse(life.github.pulls.get(number)?.mergedAt ?? "");
  life.github.mergedPulls = async (_, page) => {
    const listed = closed.slice((page - 1) * 5, page * 5);
    read.push(page);
    const pulls = listed
      .filter((number) => number !== 99)
      .map((number) => ({
        number,
        mergedAtMs: updated(number),
        baseRepositoryId: life.github.repository.id,
      }));
    const updatedAtMs = Math.min(...listed.map(updated));
    // After the second page, 99 is opened again: what was first on the third is now last on the second.
    if (page === 2 && closed[0] === 99) closed.shift();
    return ok({ pulls, updatedAtMs, more: listed.length === 5 });
  };
  return { life, closed, read };
}

const found = (life: Life) =>
  new Set(life.rows().flatMap(({ pullRequest }) => (pullRequest === null ? [] : [pullRequest])));

/** One scan, and whatever it finds. */
async function scanOnce(life: Life): Promise<void> {
  await life.pass(SCAN_MS);
  await life.passRounds(40);
}

describe("a pull request that is opened again while the list is read", () => {
  test("hides a merge from this scan, and not from the next one", async () => {
    const { life } = await lateLife();
    await scanOnce(life);
    const missing = Array.from({ length: 41 }, (_, index) => index + 1).filter(
      (number) => !found(life).has(number),
    );
    expect(missing).toHaveLength(1);
    await scanOnce(life);
    expect(found(life).size).toBe(41);
    expect(life.github.posts).toHaveLength(41);
  });

  test("costs no further page once the list is read in one", async () => {
    const { life, read } = await lateLife();
    for (let scan = 0; scan < 4; scan++) await scanOnce(life);
    read.length = 0;
    // Rarer by now, since nothing happens.
    await life.pass(7 * SCAN_MS);
    expect(read).toEqual([1]);
  });
});
