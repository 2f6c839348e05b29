import { afterAll, expect, test } from "vitest";
import { LEASE_MS } from "../../src/config.ts";
import type { FaultAction } from "../../src/simulator/faults.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import { type Killable, startKillable } from "./support/killable.ts";
import { WORKFLOW, WORKFLOW_PATH } from "./support/place.ts";
import { waitFor } from "./support/wait-for.ts";

type Relay = Killable["relay"];

const ends: (() => Promise<void>)[] = [];

afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
});

/** A GitHub and a process of its own for each moment, so that the moments pass side by side. */
async function begin(): Promise<Killable> {
  const pair = await startKillable();
  ends.push(() => pair.close());
  return pair;
}

interface Row {
  readonly id: string;
  readonly state: string;
  readonly sha: string;
  readonly run_id: number | null;
}

const rowsOf = async (relay: Relay, sha: string): Promise<Row[]> =>
  (await relay.query(`SELECT * FROM dispatches WHERE sha = '${sha}'`)) as unknown as Row[];

/** One repository, a fault on one address, and a merge that GitHub has delivered. */
function mergeUnder(simulator: Simulator, fault: { path: string; action: FaultAction } | null) {
  const name = "acme";
  const { world, faults } = simulator;
  world.addInstallation({ owner: name });
  const files = { [WORKFLOW_PATH]: WORKFLOW };
  const repository = world.addRepository({ owner: name, name: "app", files });
  if (fault !== null) {
    const path = new RegExp(`^/repos/${name}/app${fault.path}$`);
    faults.add({ match: { path, times: 1 }, action: fault.action });
  }
  const { number } = world.openPullRequest({ repo: repository.id, user: "stranger" });
  const sha = world.mergePullRequest(repository.id, number);
  const asked = (part: string) =>
    simulator.requests.filter(({ path }) => path.startsWith(`/repos/${name}/app${part}`));
  const runs = () => world.runsOf(repository.id);
  const delivered = () =>
    simulator.deliveries.recorded.some(
      ({ event, statusCode }) =>
        event.repositoryId === repository.id && event.action === "closed" && statusCode === 202,
    );
  return { sha, asked, runs, delivered };
}

type Merge = ReturnType<typeof mergeUnder>;

const WORKFLOW_CALL = "/actions/workflows/publish-image.yml";
const DISPATCH = `${WORKFLOW_CALL}/dispatches`;
const slow: FaultAction = { kind: "latency", ms: 1_000, when: "after" };

const MOMENTS: [string, { path: string; action: FaultAction } | null, (merge: Merge) => boolean][] =
  [
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
