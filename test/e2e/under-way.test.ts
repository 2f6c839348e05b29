/** What lags or is wrong at GitHub for longer than a moment while a merge is on its way. */
import { afterAll, expect, test } from "vitest";
import { begin, endAll, mergeUnder, rowsOf } from "./support/mortal.ts";
import { waitFor } from "./support/wait-for.ts";

const DISPATCH = "/actions/workflows/publish-image.yml/dispatches";
/** As they are shipped, in milliseconds. */
const SHIPPED = {
  GITHUB_TIMEOUT_MS: "10000",
  UNKNOWN_SETTLE_MS: "15000",
  RETRY_BASE_MS: "2000",
} as const;

afterAll(endAll);

async function stateOf(relay: Parameters<typeof rowsOf>[0], sha: string): Promise<string> {
  return (await rowsOf(relay, sha)).map(({ state }) => state).join();
}

test.concurrent("a GitHub that takes fifteen seconds over a dispatch is asked once, with the times as they are shipped", async () => {
  const { simulator, relay } = await begin(SHIPPED);
  const began = Date.now();
  const merge = mergeUnder(simulator, { path: DISPATCH, action: { kind: "latency", ms: 15_000 } });
  await waitFor("the end", async () => (await stateOf(relay, merge.sha)) === "succeeded", 90_000);
  // Until GitHub has acted on whatever it was sent.
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + 17_000 - Date.now())));
  const [row] = await rowsOf(relay, merge.sha);
  expect(merge.asked(DISPATCH)).toHaveLength(1);
  expect(merge.runs().map(({ id }) => id)).toEqual([row!.run_id]);
}, 120_000);

test.concurrent("a clock that GitHub refuses for a while keeps the merge waiting, and loses nothing", async () => {
  const { simulator, relay } = await begin();
  const mints = /^\/app\/installations\/\d+\/access_tokens$/;
  simulator.faults.add({ match: { path: mints, times: 3 }, action: { kind: "clock-skew" } });
  const merge = mergeUnder(simulator, null);
  await waitFor("the end", async () => (await stateOf(relay, merge.sha)) === "succeeded", 30_000);
  expect(merge.runs()).toHaveLength(1);
}, 60_000);

test.concurrent("a key that was deleted at GitHub ends in a recorded reason, and nothing is sent", async () => {
  const { simulator, relay } = await begin();
  await simulator.world.rotateKey();
  simulator.world.dropOldKeys();
  const merge = mergeUnder(simulator, null);
  // Before anything is proved there is no commit in the record.
  const rows = async () =>
    (await relay.query("SELECT state, reason, remedy FROM dispatches")) as {
      state: string;
      reason: string;
      remedy: string;
    }[];
  await waitFor(
    "the end",
    async () => {
      const all = await rows();
      return all.length > 0 && all.every(({ state }) => state === "exhausted");
    },
    60_000,
  );
  for (const row of await rows()) expect(row.reason).toBe("token-refused-401");
  expect(merge.runs()).toEqual([]);
}, 90_000);
