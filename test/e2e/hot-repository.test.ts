/** One repository with a burst of merges, and another that must not notice. */
import { afterAll, expect, test } from "vitest";
import { begin, endAll } from "./support/mortal.ts";
import { WORKFLOW, WORKFLOW_PATH } from "./support/place.ts";
import { waitFor } from "./support/wait-for.ts";

const BURST = 220;
const SAMPLES = 7;

afterAll(endAll);

test("a burst of merges in one repository does not slow another's way to its dispatch", async () => {
  // The longest wait for an answer: a busy machine is no fault of GitHub's here.
  const { simulator } = await begin({ GITHUB_TIMEOUT_MS: "20000" });
  const { world, dispatches, requests } = simulator;
  const [hot, calm] = ["hot", "calm"].map((owner) => {
    world.addInstallation({ owner });
    return world.addRepository({ owner, name: "app", files: { [WORKFLOW_PATH]: WORKFLOW } }).id;
  }) as [number, number];
  const merge = (repo: number): string =>
    world.mergePullRequest(repo, world.openPullRequest({ repo, user: "stranger" }).number);
  /** From the merge until GitHub has the dispatch, by GitHub's own clock. */
  const timeOne = async (): Promise<number> => {
    const startedAt = Date.now();
    const sha = merge(calm);
    const post = await waitFor("the dispatch", () => {
      return requests.find(({ method, body }) => method === "POST" && body?.includes(sha)) ?? null;
    });
    return post.time - startedAt;
  };
  const timeAll = async (): Promise<number[]> => {
    const times: number[] = [];
    for (let count = 0; count < SAMPLES; count++) times.push(await timeOne());
    return times.toSorted((a, b) => a - b);
  };
  await timeOne();
  const before = await timeAll();
  const shas = Array.from({ length: BURST }, () => merge(hot));
  const during = await timeAll();
  const done = new Set(dispatches.map(({ inputs }) => inputs["sha"]));
  const left = shas.filter((sha) => !done.has(sha)).length;
  const middle = SAMPLES >> 1;
  console.log(
    `hot repository: ${before.join(" ")} | ${during.join(" ")} | ${left} left of ${BURST}`,
  );
  // It was measured while the burst was still being worked on.
  expect(left).toBeGreaterThan(0);
  expect(during[middle]!).toBeLessThan(before[middle]! * 10 + 500);
  await waitFor(
    "every merge of the burst",
    () => dispatches.length >= BURST + 2 * SAMPLES + 1,
    60_000,
  );
  await simulator.idle();
  expect(dispatches).toHaveLength(BURST + 2 * SAMPLES + 1);
}, 120_000);
