import { afterAll, expect, test } from "vitest";
import { LEASE_MS } from "../../src/config.ts";
import type { FaultAction } from "../../src/simulator/faults.ts";
import { begin, endAll, mergeUnder, type MortalMerge, rowsOf } from "./support/mortal.ts";
import { waitFor } from "./support/wait-for.ts";

afterAll(endAll);

const WORKFLOW_CALL = "/actions/workflows/publish-image.yml";
const DISPATCH = `${WORKFLOW_CALL}/dispatches`;
const slow: FaultAction = { kind: "latency", ms: 1_000, when: "after" };

const MOMENTS: [
  string,
  { path: string; action: FaultAction } | null,
  (merge: MortalMerge) => boolean,
][] = [
  ["the delivery was just answered", null, ({ delivered }) => delivered()],
  [
    "the merge is being proved",
    { path: "/compare/.*", action: slow },
    ({ asked }) => asked("/compare/").length > 0,
  ],
  [
    "GitHub has the dispatch and has not answered",
    { path: DISPATCH, action: slow },
    ({ asked }) => asked(DISPATCH).length > 0,
  ],
  [
    "GitHub has the dispatch and will never act on it",
    { path: DISPATCH, action: { kind: "hang" } },
    ({ asked }) => asked(DISPATCH).length > 0,
  ],
  ["the run has begun", null, ({ runs }) => runs().some(({ status }) => status !== "queued")],
];

test.concurrent.each(MOMENTS)(
  "killed while %s, a restart ends in one run",
  async (_, fault, isReached) => {
    const { simulator, relay, start } = await begin();
    const merge = mergeUnder(simulator, fault);
    await waitFor("the moment", () => isReached(merge));
    await relay.kill();
    await start();
    // With no event to wake the ledger, it wakes when the lease of the dead process has run out.
    const [row] = await waitFor(
      "the end",
      async () => {
        const rows = await rowsOf(relay, merge.sha);
        return rows[0]?.state === "succeeded" ? rows : null;
      },
      LEASE_MS + 15_000,
    );
    await simulator.idle();
    expect(merge.runs()).toHaveLength(1);
    expect(merge.runs()[0]).toMatchObject({ id: row!.run_id, inputs: { dispatch_id: row!.id } });
    expect(await rowsOf(relay, merge.sha)).toHaveLength(1);
  },
);
